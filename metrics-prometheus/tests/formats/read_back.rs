//! Random registries, read back by a strict parser.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::{env, fs};

use typed_metrics_prometheus::{Escaping, Format};

use crate::compare::{read_back, underscores, utf8};
use crate::expected::{Family, Reading, families};
use crate::random::cases;

const CASES: usize = 2000;

#[test]
fn each_format_gives_back_what_was_recorded() {
    for (number, case) in cases(1, CASES).iter().enumerate() {
        if let Err(panicked) = catch_unwind(AssertUnwindSafe(|| read_back(case))) {
            eprintln!("This is case {number}.");
            resume_unwind(panicked);
        }
    }
}

/// Writes random registries and what a parser must read from them, for `tests/prometheus/run`.
#[test]
#[ignore = "for parsers in other languages"]
fn registries_for_other_parsers() {
    let folder = env::var("PROMETHEUS_REGISTRIES").expect("the folder to write to");
    let folder = Path::new(&folder);
    for (number, case) in cases(2, CASES).iter().enumerate() {
        let write = |name: &str, format: Format, escape: fn(&str) -> String| {
            fs::write(folder.join(format!("{number}.{name}")), case.scrape(format)).unwrap();
            let expected = as_json(&families(case, escape));
            fs::write(folder.join(format!("{number}.{name}.json")), expected).unwrap();
        };
        write("text", Format::Text, underscores);
        write("text1", Format::Text1(Escaping::AllowUtf8), utf8);
        write("openmetrics", Format::OpenMetrics(Escaping::Underscores), underscores);
        write("openmetrics-utf8", Format::OpenMetrics(Escaping::AllowUtf8), utf8);
        write("protobuf", Format::Protobuf(Escaping::AllowUtf8), utf8);
    }
}

/// Families as JSON. Numbers are texts, because JSON has floats only.
fn as_json(families: &[Family]) -> String {
    let number = |number: crate::expected::Number| match number {
        crate::expected::Number::U64(value) => value.to_string(),
        crate::expected::Number::I64(value) => value.to_string(),
        crate::expected::Number::Float(value) => format!("{value:?}"),
    };
    let mut json = String::from("[");
    for (at, family) in families.iter().enumerate() {
        let separator = if at > 0 { "," } else { "" };
        let series: Vec<String> = family
            .series
            .iter()
            .map(|series| {
                let labels: Vec<String> = series
                    .labels
                    .iter()
                    .map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)))
                    .collect();
                let value = match &series.value.classic() {
                    Reading::Native(..) => String::new(),
                    Reading::Number(value) => format!("\"value\":\"{}\"", number(*value)),
                    Reading::Histogram(buckets, count, sum, has_sum) => {
                        let buckets: Vec<String> = buckets
                            .iter()
                            .map(|(limit, count)| format!("[\"{limit:?}\",{count}]"))
                            .collect();
                        format!(
                            "\"buckets\":[{}],\"count\":{count},\"sum\":\"{sum:?}\",\
                             \"has_sum\":{has_sum}",
                            buckets.join(",")
                        )
                    }
                };
                format!("{{\"labels\":{{{}}},{value}}}", labels.join(","))
            })
            .collect();
        write!(
            json,
            "{separator}\n{{\"name\":{},\"kind\":\"{}\",\"help\":{},\"series\":[{}]}}",
            quoted(&family.name),
            family.kind,
            quoted(&family.help),
            series.join(",")
        )
        .unwrap();
    }
    json + "]"
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' {
            quoted.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(quoted, "\\u{unit:04x}").unwrap();
            }
        }
    }
    quoted + "\""
}
