//! The page: a sidebar, a filter, and a section for each metric.

use std::fmt::Write as _;

use super::escape::{code, line, text};
use crate::catalog::Catalog;
use crate::document::{Document, NOTICE};
use crate::reference::data::{Data, Definition, Label, Metric};
use crate::reference::facts::{Fact, Piece, facts, kind_in_words};
use crate::reference::group::{Group, Title, groups};
use crate::reference::prose::{count, paragraphs, summary};
use crate::settings::Settings;

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/filter.js");

/// The reference in HTML.
pub(crate) fn documents(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let text = to_text(&Data::of(catalog, settings), settings.source.as_deref());
    vec![Document::new("metrics.html", text)]
}

/// The page. The paths of source files are appended to the address `source`.
pub(crate) fn to_text(data: &Data, source: Option<&str>) -> String {
    let groups = groups(data);
    let title = text(&data.title);
    let number = count(data.metrics.len(), "metric");
    // The policy forbids requests, also those of a text that would not be escaped.
    let mut page = format!(
        r#"<!DOCTYPE html>
<!-- {NOTICE} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>{title}: metrics</title>
<style>
{STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">{title}</h1>
<p id="count" role="status">{number}</p>
<input id="filter" type="search" placeholder="Filter: words of names, labels, descriptions" aria-label="Filter the metrics" autocomplete="off" spellcheck="false" hidden>
</header>
<nav aria-label="Metrics">
"#
    );
    for group in &groups {
        push_contents(&mut page, group);
    }
    page.push_str("</nav>\n<main>\n");
    for group in &groups {
        let _ = write!(page, "<section>\n<h2>{}</h2>\n", heading(group.title));
        for metric in &group.metrics {
            push_metric(&mut page, metric, source);
        }
        page.push_str("</section>\n");
    }
    let _ = write!(
        page,
        "<p id=\"none\" hidden>No metric has all of these words.</p>\n</main>\n<script>\n\
         {SCRIPT}</script>\n</body>\n</html>\n"
    );
    page
}

// Writing to a `String` does not fail, so the results of `write!` are dropped.

fn push_contents(page: &mut String, group: &Group<'_>) {
    let _ = write!(page, "<section>\n<h2>{}</h2>\n<ul>\n", heading(group.title));
    for Metric { name, anchor, description, .. } in group.metrics.iter().copied() {
        let (name, summary) = (text(name), text(summary(description)));
        let _ = writeln!(
            page,
            "<li><a href=\"#{anchor}\" title=\"{summary}\"><bdi>{name}</bdi></a></li>"
        );
    }
    page.push_str("</ul>\n</section>\n");
}

fn heading(title: Title<'_>) -> String {
    let (before, name, between, other) = title.words();
    let code = |name: &str| if name.is_empty() { String::new() } else { code(name) };
    format!("{before}{}{between}{}", code(name), code(other))
}

fn push_metric(page: &mut String, metric: &Metric, source: Option<&str>) {
    let Metric { name, anchor, description, .. } = metric;
    let _ = write!(
        page,
        "<article id=\"{anchor}\">\n<h3><a href=\"#{anchor}\">{}</a> <span class=\"kind\">{}</span></h3>\n",
        code(name),
        kind_in_words(metric),
    );
    for paragraph in paragraphs(description) {
        let lines: Vec<_> = paragraph.into_iter().map(line).collect();
        let _ = writeln!(page, "<p dir=\"auto\">{}</p>", lines.join("\n"));
    }
    page.push_str("<dl>\n");
    for Fact { name, pieces } in facts(metric) {
        let pieces: String = pieces.iter().map(piece).collect();
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{pieces}</dd></div>");
    }
    let definitions: Vec<_> =
        metric.definitions.iter().map(|definition| place(definition, source)).collect();
    let _ = write!(
        page,
        "<div><dt>Defined by</dt><dd>{}</dd></div>\n</dl>\n",
        definitions.join("<br>")
    );
    if !metric.labels.is_empty() {
        page.push_str(
            "<table>\n<thead><tr><th scope=\"col\">Label</th><th scope=\"col\">Values</th></tr></thead>\n<tbody>\n",
        );
        metric.labels.iter().for_each(|label| push_label(page, label));
        page.push_str("</tbody>\n</table>\n");
    }
    page.push_str("</article>\n");
}

fn piece(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Words(words) => line(words),
        Piece::Code(words) => code(words),
        Piece::Line => "<br>".to_owned(),
    }
}

fn place(definition: &Definition, source: Option<&str>) -> String {
    let Definition { item, file, crate_name, .. } = definition;
    match (file, source) {
        (Some(file), Some(source)) => {
            format!("<a href=\"{}{}\">{}</a>", text(source), text(file), code(item))
        }
        (Some(file), None) => format!("{}, {}", code(item), code(file)),
        (None, _) if crate_name.is_empty() => code(item),
        (None, _) => format!("{}, crate {}", code(item), code(crate_name)),
    }
}

fn push_label(page: &mut String, label: &Label) {
    let values = match &label.values {
        None => "<em>any</em>".to_owned(),
        Some(values) => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" "),
    };
    let optional = if label.optional { " (optional)" } else { "" };
    let _ = write!(page, "<tr><td>{}{optional}", code(&label.name));
    if label.prometheus_name != label.name {
        let name = code(&label.prometheus_name);
        let _ = write!(page, "<br><span class=\"also\">{name} in Prometheus</span>");
    }
    let _ = writeln!(page, "</td><td>{values}</td></tr>");
}
