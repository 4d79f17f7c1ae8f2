//! Hostile texts in every form, read by parsers of that form.

use std::time::{Duration, Instant};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::data::{Data, Definition, Exponential, Goal, Label, Metric, SCHEMA_FILE, Scope};
use super::prose::{count, paragraphs, visible};
use super::{html, json, markdown, yaml};
use crate::anchor::plain;
use crate::document::{Document, NOTICE};

/// Pieces that have a meaning in one of the forms.
const PIECES: [&str; 74] = [
    "|",
    "`",
    "``",
    "```\n",
    "\n",
    "\r\n",
    "\n\n",
    "\r",
    "<script>alert(1)</script>",
    "</code>",
    "</article>",
    "<b",
    "&amp;",
    "&#124;",
    "&",
    "\"",
    "'",
    "\\",
    "\\|",
    "*",
    "**",
    "_",
    "__x__",
    "[a](javascript:alert(1))",
    "![x](y)",
    "[^1]",
    "# ",
    "- ",
    "+ ",
    "1. ",
    "2) ",
    "> ",
    "---\n",
    "===\n",
    "~~x~~",
    "$x$",
    "{{x}}",
    "{% raw %}",
    "\u{202e}",
    "\u{200f}",
    "שלום",
    "\0",
    "\u{1b}[31m",
    "\t",
    "  ",
    "é",
    "日本語",
    "a: b",
    ": ",
    "#",
    "%",
    "@",
    "!",
    "null",
    "true",
    "1e5",
    "0x1f",
    "~",
    "?",
    "<!--",
    "-->",
    "]]>",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "word",
    "a_b",
    ".",
    "www.example.org",
    "https://example.org",
    ":smile:",
    "| |\n|---|",
    "-",
    "=",
];

fn hostile(random: &mut fastrand::Rng) -> String {
    (0..random.usize(0..8)).map(|_| *random.choice(PIECES.iter()).unwrap()).collect()
}

fn hostile_metric(random: &mut fastrand::Rng) -> Metric {
    let name = hostile(random);
    Metric {
        kind: ["counter", "state", "exponential_histogram"][random.usize(0..3)],
        value: "u64".to_owned(),
        unit: hostile(random),
        description: hostile(random),
        prometheus_name: hostile(random),
        anchor: format!("m{}", plain(&name)),
        name,
        labels: (0..random.usize(0..4)).map(|_| hostile_label(random)).collect(),
        state_label: random.bool().then(|| hostile(random)),
        buckets: if random.bool() { vec![0.5, 1e9] } else { Vec::new() },
        exponential: random.bool().then_some(Exponential { max_size: 160, zero_threshold: 1e-9 }),
        was: random.bool().then(|| hostile(random)),
        objectives: (0..random.usize(0..3))
            .map(|_| Goal {
                function: hostile(random),
                share: 0.99,
                within_seconds: Some(0.25),
                text: "99% within 250ms".to_owned(),
            })
            .collect(),
        series_limit: Some(2000),
        expiry_seconds: Some(600.0),
        scope: random
            .bool()
            .then(|| Scope { name: hostile(random), version: Some(hostile(random)) }),
        definitions: vec![Definition {
            item: hostile(random),
            crate_name: hostile(random),
            module: hostile(random),
            file: random.bool().then(|| hostile(random)),
        }],
    }
}

fn hostile_label(random: &mut fastrand::Rng) -> Label {
    Label {
        name: hostile(random),
        prometheus_name: hostile(random),
        values: random.bool().then(|| (0..3).map(|_| hostile(random)).collect()),
        optional: random.bool(),
    }
}

fn data(metrics: Vec<Metric>, title: String) -> Data {
    Data { schema: SCHEMA_FILE, notice: NOTICE, version: 1, title, metrics }
}

/// Catalogs with one hostile metric, so that each text of a page can be told from the others.
fn catalogs() -> impl Iterator<Item = Data> {
    let mut random = fastrand::Rng::with_seed(20);
    (0..300).map(move |_| data(vec![hostile_metric(&mut random)], hostile(&mut random)))
}

/// The text without what blanks may do to it.
fn squash(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A description as a page shows it.
fn shown(description: &str) -> String {
    let lines: Vec<_> = paragraphs(description).concat();
    lines.into_iter().map(|line| squash(&visible(line))).collect()
}

#[test]
fn json_and_yaml_hold_the_same_facts() {
    let schema: Value = serde_json::from_str(include_str!("assets/catalog.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for data in catalogs() {
        let expected = serde_json::to_value(&data).unwrap();
        let json = json::to_text(&data);
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), expected, "{json}");
        let text = yaml::to_text(&data);
        assert_eq!(serde_saphyr::from_str::<Value>(&text).unwrap(), expected, "{text}");
        assert_eq!(serde_norway::from_str::<Value>(&text).unwrap(), expected, "{text}");
        for text in [json, text] {
            assert!(text.contains(Document::MARK));
        }
        let errors: Vec<_> = schema.iter_errors(&expected).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn the_schema_refuses_what_it_does_not_describe() {
    let schema: Value = serde_json::from_str(include_str!("assets/catalog.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let metric = hostile_metric(&mut fastrand::Rng::with_seed(1));
    let mut value = serde_json::to_value(data(vec![metric], "x".to_owned())).unwrap();
    assert!(schema.is_valid(&value));
    value["metrics"][0]["kind"] = "meter".into();
    assert!(!schema.is_valid(&value));
    value["metrics"][0]["kind"] = "counter".into();
    value["metrics"][0]["colour"] = "red".into();
    assert!(!schema.is_valid(&value));
}

/// The parts of a Markdown page.
#[derive(Debug, Default)]
struct Read {
    headings: Vec<String>,
    paragraphs: Vec<String>,
    rows: Vec<Vec<String>>,
    items: Vec<String>,
    html: Vec<String>,
}

fn read_markdown(text: &str) -> Read {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let (mut read, mut open) = (Read::default(), String::new());
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::TableCell | Tag::Item) => {
                open.clear();
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => read.rows.push(Vec::new()),
            Event::Text(text) => open += &text,
            Event::Code(code) => open.extend(["`", &code, "`"]),
            Event::InlineHtml(html) if matches!(&*html, "<code>" | "</code>") => open.push('`'),
            Event::SoftBreak => open.push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => read.html.push(html.to_string()),
            Event::End(TagEnd::Heading(_)) => read.headings.push(open.clone()),
            Event::End(TagEnd::Paragraph) => read.paragraphs.push(open.clone()),
            Event::End(TagEnd::Item) => read.items.push(open.clone()),
            Event::End(TagEnd::TableCell) => read.rows.last_mut().unwrap().push(open.clone()),
            Event::Start(
                Tag::Table(_)
                | Tag::List(_)
                | Tag::Link { .. }
                | Tag::Emphasis
                | Tag::Strong
                | Tag::HtmlBlock,
            )
            | Event::End(_) => {}
            other => panic!("{other:?} in\n{text}"),
        }
    }
    read
}

/// A name or a value as a page of Markdown shows it.
fn code(text: &str) -> String {
    if text.is_empty() { "(empty)".to_owned() } else { format!("`{}`", visible(text)) }
}

#[test]
fn markdown_shows_every_text_as_it_is() {
    for data in catalogs() {
        let text = markdown::to_text(&data, None);
        let read = read_markdown(&text);
        let metric = &data.metrics[0];
        let title = squash(&visible(&data.title));
        assert_eq!(squash(&read.headings[0]), title, "{text}");
        assert_eq!(read.headings.last().unwrap(), &code(&metric.name), "{text}");
        assert_eq!(read.headings.len(), 4, "{text}");
        assert!(read.items[0].starts_with(&code(&metric.name)), "{text}");
        // The number of metrics, the title of the group, the anchor, and the description.
        let description: String = read.paragraphs[3..].iter().map(|text| squash(text)).collect();
        assert_eq!(description, shown(&metric.description), "{text}");
        let cells = read.rows.iter().filter(|row| row[0] == "In Prometheus");
        assert_eq!(cells.map(|row| &row[1]).collect::<Vec<_>>(), [&code(&metric.prometheus_name)]);
        let labels = read.rows.iter().skip_while(|row| row[0] != "Label").skip(1);
        let expected: Vec<_> = metric.labels.iter().map(label_cells).collect();
        assert_eq!(labels.cloned().collect::<Vec<_>>(), expected, "{text}");
        let (anchor, notice) =
            (format!("<a id=\"{}\">", metric.anchor), format!("<!-- {NOTICE} -->\n"));
        let is_known =
            |html: &&String| ![&anchor, "</a>", "<br>", &notice].contains(&html.as_str());
        let unknown: Vec<_> = read.html.iter().filter(is_known).collect();
        assert!(unknown.is_empty(), "{unknown:?} in\n{text}");
    }
}

fn label_cells(label: &Label) -> Vec<String> {
    let optional = if label.optional { " (optional)" } else { "" };
    let mut name = format!("{}{optional}", code(&label.name));
    if label.prometheus_name != label.name {
        name.extend([&code(&label.prometheus_name), " in Prometheus"]);
    }
    let values = match &label.values {
        None => "any".to_owned(),
        Some(values) => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(", "),
    };
    vec![name, values]
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    select(page, selector).into_iter().map(|element| element.text().collect()).collect()
}

/// The text of a paragraph, with code in backticks.
fn with_code(paragraph: ElementRef<'_>) -> String {
    let part = |child| match ElementRef::wrap(child) {
        Some(code) => format!("`{}`", code.text().collect::<String>()),
        None => child.value().as_text().unwrap().to_string(),
    };
    squash(&paragraph.children().map(part).collect::<String>())
}

/// A name or a value as a page of HTML shows it.
fn in_html(text: &str) -> String {
    if text.is_empty() { "(empty)".to_owned() } else { visible(text) }
}

#[test]
fn html_shows_every_text_as_it_is() {
    for data in catalogs() {
        let text = html::to_text(&data, Some("https://example.org/x?\"><script>"));
        let page = Html::parse_document(&text);
        assert_eq!(page.errors.len(), 0, "{:?} in\n{text}", page.errors);
        let metric = &data.metrics[0];
        assert_eq!(texts(&page, "h1"), [visible(&data.title)]);
        assert_eq!(texts(&page, "nav li"), [visible(&metric.name)]);
        assert_eq!(texts(&page, "article h3 a"), [in_html(&metric.name)]);
        let description: String = select(&page, "article > p").into_iter().map(with_code).collect();
        assert_eq!(description, shown(&metric.description), "{text}");
        let values: Vec<_> = texts(&page, "tbody td:nth-child(2) code, tbody td:nth-child(2) em");
        let expected = metric.labels.iter().flat_map(|label| match &label.values {
            None => vec!["any".to_owned()],
            Some(values) => values.iter().map(|value| in_html(value)).collect(),
        });
        assert_eq!(values, expected.collect::<Vec<_>>(), "{text}");
        assert_eq!(select(&page, "script").len(), 1);
        assert_eq!(select(&page, "article").len(), 1);
        assert_eq!(select(&page, "img, iframe, b, [onclick], [onerror]").len(), 0);
        assert_eq!(select(&page, "article")[0].attr("id"), Some(&*metric.anchor));
    }
}

#[test]
fn the_page_asks_no_other_address() {
    let metric = hostile_metric(&mut fastrand::Rng::with_seed(3));
    let page = html::to_text(&data(vec![metric], "Shop".to_owned()), None);
    let page = Html::parse_document(&page);
    assert_eq!(select(&page, "[src], link, [style]").len(), 0);
    let policy = select(&page, "meta[http-equiv]")[0].attr("content").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for link in select(&page, "[href]") {
        assert!(link.attr("href").unwrap().starts_with('#'));
    }
}

#[test]
fn two_thousand_metrics_render_in_two_seconds() {
    let metric = |number: usize| Metric {
        name: format!("shop.metric_{number:04}"),
        kind: "histogram",
        value: "f64".to_owned(),
        unit: "ms".to_owned(),
        description: "Time to answer a request, by its `route`.\n\nWithout those of bots."
            .to_owned(),
        prometheus_name: format!("shop_metric_{number:04}_milliseconds"),
        anchor: format!("shop.metric_{number:04}"),
        labels: ["method", "route", "status"]
            .map(|name| Label {
                name: name.to_owned(),
                prometheus_name: name.to_owned(),
                values: Some((0..10).map(|value| format!("value_{value}")).collect()),
                optional: false,
            })
            .to_vec(),
        state_label: None,
        buckets: (0..15).map(|power| 2_f64.powi(power)).collect(),
        exponential: None,
        was: None,
        objectives: Vec::new(),
        series_limit: Some(2000),
        expiry_seconds: None,
        scope: None,
        definitions: vec![Definition {
            item: format!("Shop{}::Metric{number:04}", number / 20),
            crate_name: "shop".to_owned(),
            module: "shop::metrics".to_owned(),
            file: Some("src/metrics.rs".to_owned()),
        }],
    };
    let data = data((0..2000).map(metric).collect(), "Shop".to_owned());
    let render = || {
        let begin = Instant::now();
        let texts = [
            json::to_text(&data),
            yaml::to_text(&data),
            markdown::to_text(&data, None),
            html::to_text(&data, None),
        ];
        let took = begin.elapsed();
        assert!(texts.iter().all(|text| text.contains("metric_1999")));
        assert!(texts[2].contains(&count(2000, "metric")));
        took
    };
    // Other tests run at the same time, so the fastest of some attempts counts.
    let took: Vec<Duration> = (0..5).map(|_| render()).collect();
    eprintln!("2,000 metrics in 4 forms: {took:?}");
    assert!(took.iter().min() < Some(&Duration::from_secs(2)), "{took:?}");
}
