//! The page: a table of contents, and a section for each metric.

use std::fmt::Write as _;

use super::escape::{code, description, inline};
use crate::catalog::Catalog;
use crate::document::{Document, NOTICE};
use crate::reference::data::{Data, Definition, Label, Metric};
use crate::reference::facts::{Fact, Piece, facts};
use crate::reference::group::{Group, Title, groups};
use crate::reference::prose::{count, summary};
use crate::settings::Settings;

/// The reference in Markdown.
pub(crate) fn documents(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let text = to_text(&Data::of(catalog, settings), settings.source.as_deref());
    vec![Document::new("metrics.md", text)]
}

/// The page. The paths of source files are appended to the address `source`.
pub(crate) fn to_text(data: &Data, source: Option<&str>) -> String {
    let groups = groups(data);
    let mut page = format!(
        "<!-- {NOTICE} -->\n\n# {}\n\n{}.\n",
        inline(&data.title),
        count(data.metrics.len(), "metric")
    );
    page += "\n## Contents\n";
    for group in &groups {
        push_contents(&mut page, group);
    }
    for group in &groups {
        let _ = write!(page, "\n## {}\n", title(group.title));
        for metric in &group.metrics {
            push_metric(&mut page, metric, source);
        }
    }
    page
}

// Writing to a `String` does not fail, so the results of `write!` are dropped.

fn push_contents(page: &mut String, group: &Group<'_>) {
    let _ = write!(page, "\n**{}**\n\n", title(group.title));
    for Metric { name, anchor, description, .. } in group.metrics.iter().copied() {
        let _ = write!(page, "- [{}](#{anchor})", code(name));
        let summary = summary(description);
        if !summary.is_empty() {
            let _ = write!(page, ": {}", inline(summary));
        }
        page.push('\n');
    }
}

fn title(title: Title<'_>) -> String {
    let (before, name, between, other) = title.words();
    let code = |name: &str| if name.is_empty() { String::new() } else { code(name) };
    format!("{before}{}{between}{}", code(name), code(other))
}

fn push_metric(page: &mut String, metric: &Metric, source: Option<&str>) {
    let _ = write!(page, "\n<a id=\"{}\"></a>\n\n### {}\n", metric.anchor, code(&metric.name));
    let text = description(&metric.description);
    if !text.is_empty() {
        let _ = write!(page, "\n{text}\n");
    }
    page.push_str("\n| | |\n|---|---|\n");
    for Fact { name, pieces } in facts(metric) {
        let _ = writeln!(page, "| {name} | {} |", cell(&pieces));
    }
    let definitions: Vec<_> =
        metric.definitions.iter().map(|definition| place(definition, source)).collect();
    let _ = writeln!(page, "| Defined by | {} |", definitions.join("<br>"));
    if !metric.labels.is_empty() {
        page.push_str("\n| Label | Values |\n|---|---|\n");
        metric.labels.iter().for_each(|label| push_label(page, label));
    }
}

fn cell(pieces: &[Piece<'_>]) -> String {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Words(words) => inline(words),
        Piece::Code(text) => code(text),
        Piece::Line => "<br>".to_owned(),
    };
    pieces.iter().map(piece).collect()
}

fn place(definition: &Definition, source: Option<&str>) -> String {
    let Definition { item, file, crate_name, .. } = definition;
    match (file, source) {
        (Some(file), Some(source)) => {
            format!("[{}]({})", code(item), address(source, file))
        }
        (Some(file), None) => format!("{}, {}", code(item), code(file)),
        (None, _) if crate_name.is_empty() => code(item),
        (None, _) => format!("{}, crate {}", code(item), code(crate_name)),
    }
}

/// An address that no character ends.
fn address(source: &str, file: &str) -> String {
    let mut address = String::new();
    for byte in source.bytes().chain(file.bytes()) {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&byte) {
            address.push(byte.into());
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

fn push_label(page: &mut String, label: &Label) {
    let values = match &label.values {
        None => "*any*".to_owned(),
        Some(values) => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(", "),
    };
    let optional = if label.optional { " (optional)" } else { "" };
    let _ = write!(page, "| {}{optional}", code(&label.name));
    if label.prometheus_name != label.name {
        let _ = write!(page, "<br>{} in Prometheus", code(&label.prometheus_name));
    }
    let _ = writeln!(page, " | {values} |");
}
