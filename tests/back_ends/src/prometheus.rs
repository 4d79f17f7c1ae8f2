//! The handler `prometheus`, read back from its last scrape by a parser that accepts nothing but
//! the text format.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use typed_metrics::{HandlerError, MetricHandler, PrometheusHandler};

use crate::back_end::{BackEnd, Removed, Shows, WithBuckets};
use crate::stored::{Buckets, Histogram, Stored, Value};

pub(crate) struct Prometheus(Arc<Scraped>);

impl BackEnd for Prometheus {
    const SHOWS: Shows = Shows {
        buckets: WithBuckets::Explicit,
        extremes: false,
        whole_labels: true,
        removed: Removed::Gone,
    };

    fn start() -> Self {
        let handler = PrometheusHandler::builder().address(([127, 0, 0, 1], 0)).build().unwrap();
        Self(Arc::new(Scraped { handler, last: Mutex::default() }))
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(Arc::clone(&self.0))
    }

    fn stored(&self) -> Stored {
        stored(&self.0.last.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn exports(&self) -> Option<usize> {
        None
    }
}

/// Scrapes the handler when the suite wants an export, and before the server ends.
struct Scraped {
    handler: PrometheusHandler,
    last: Mutex<String>,
}

impl Scraped {
    fn scrape(&self) -> Result<(), HandlerError> {
        let mut connection = TcpStream::connect(self.handler.local_addr().unwrap())?;
        connection.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200 OK\r\n"), "{head}");
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = body.to_owned();
        Ok(())
    }
}

impl MetricHandler for Scraped {
    fn install(&self) -> Result<(), HandlerError> {
        self.handler.install()
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.handler.flush()?;
        self.scrape()
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.scrape()?;
        self.handler.shutdown()
    }

    fn abandon(&self) -> Result<(), HandlerError> {
        self.handler.abandon()
    }
}

/// The suite's metrics: the name and the type in a scrape, and the name, kind and unit here.
const METRICS: &[(&str, &str, &str, &str, &str)] = &[
    ("suite_requests_total", "counter", "suite.requests", "counter", "{request}"),
    ("suite_foreign_total", "counter", "suite.foreign", "counter", "{request}"),
    ("suite_foreign_sizes", "histogram", "suite.foreign_sizes", "histogram", ""),
    ("suite_revenue_EUR_total", "counter", "suite.revenue", "counter", "EUR"),
    ("suite_level", "gauge", "suite.level", "up_down_counter", "{item}"),
    ("suite_heat", "gauge", "suite.heat", "gauge", ""),
    ("suite_whole", "gauge", "suite.whole", "gauge", ""),
    ("suite_sizes", "histogram", "suite.sizes", "histogram", ""),
    ("suite_spread", "histogram", "suite.spread", "histogram", ""),
    ("suite_routes_total", "counter", "suite.routes", "counter", ""),
    ("suite_phase", "gauge", "suite.phase", "up_down_counter", ""),
    ("suite_build_info", "gauge", "suite.build", "up_down_counter", ""),
    ("suite_orders_total", "counter", "suite.orders", "counter", ""),
    ("old_orders_total", "counter", "old.orders", "counter", ""),
    ("suite_stock", "gauge", "suite.stock", "up_down_counter", ""),
    ("old_stock", "gauge", "old.stock", "up_down_counter", ""),
    ("suite_weights", "histogram", "suite.weights", "histogram", ""),
    ("old_weights", "histogram", "old.weights", "histogram", ""),
    ("suite_mode", "gauge", "suite.mode", "up_down_counter", ""),
    ("old_mode", "gauge", "old.mode", "up_down_counter", ""),
];

fn stored(scraped: &str) -> Stored {
    let mut stored = Stored::default();
    for (name, (kind, samples)) in families(scraped) {
        let later = name.strip_prefix("suite_later_").map(|rest| {
            let number = rest.strip_suffix("_bytes_total").expect(&name);
            ("counter", format!("suite.later_{number}"), "counter", "By")
        });
        let known = METRICS.iter().find(|metric| metric.0 == name);
        let known = known.map(|&(_, kind, name, own, unit)| (kind, name.to_owned(), own, unit));
        let Some((expected, name, own, unit)) = known.or(later) else {
            assert!(!name.starts_with("suite"), "{name} is no metric of the suite");
            continue;
        };
        assert_eq!(kind, expected, "{name}");
        let mut histograms = BTreeMap::<String, Parts>::new();
        for mut sample in samples {
            // Prometheus: a label with an empty value is a label that is not there.
            if name == "suite.routes" && sample.labels[0].0 != "route" {
                sample.labels.insert(0, ("route".to_owned(), String::new()));
            }
            if name.starts_with("suite.foreign") {
                let scope = ("otel_scope_name".to_owned(), "suite".to_owned());
                let before = sample.labels.len();
                sample.labels.retain(|label| *label != scope);
                assert_eq!(sample.labels.len(), before - 1, "the scope is a label");
            }
            if own == "histogram" {
                histograms.entry(sample.labels()).or_default().add(sample);
            } else {
                assert_eq!(sample.suffix, "");
                stored.add(&name, own, unit, sample.labels(), Value::Number(sample.value));
            }
        }
        for (labels, parts) in histograms {
            stored.add(&name, own, unit, labels, Value::Histogram(parts.whole()));
        }
    }
    stored
}

/// The parts of a histogram's series.
#[derive(Default)]
struct Parts {
    /// The boundaries and the counts up to each.
    cumulative: Vec<(f64, u64)>,
    sum: Option<f64>,
    count: Option<u64>,
}

impl Parts {
    fn add(&mut self, sample: Sample) {
        // A count is a whole number.
        let count = || sample.value.to_string().parse().unwrap();
        match sample.suffix.as_str() {
            "_bucket" => {
                let count = count();
                self.cumulative.push((number(&sample.le.unwrap()), count));
            }
            "_sum" => assert!(self.sum.replace(sample.value).is_none()),
            "_count" => assert!(self.count.replace(count()).is_none()),
            other => panic!("{other:?} is no part of a histogram"),
        }
    }

    fn whole(self) -> Histogram {
        assert!(self.cumulative.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1));
        let (last, count) = *self.cumulative.last().unwrap();
        assert_eq!((last, Some(count)), (f64::INFINITY, self.count));
        let before = [0].into_iter().chain(self.cumulative.iter().map(|bucket| bucket.1));
        let buckets = self.cumulative.iter().zip(before).map(|(bucket, before)| bucket.1 - before);
        let buckets = Some(Buckets::Explicit(buckets.collect()));
        Histogram { count, sum: self.sum.unwrap(), min: 0.0, max: 0.0, buckets }
    }
}

/// A line with a value.
struct Sample {
    /// The part of the name after that of the family.
    suffix: String,
    labels: Vec<(String, String)>,
    le: Option<String>,
    value: f64,
}

impl Sample {
    fn labels(&self) -> String {
        let labels = self.labels.iter().map(|(name, value)| format!("{name}={value}"));
        labels.collect::<Vec<_>>().join(" ")
    }
}

/// The families of a scrape, with their types.
///
/// # Panics
/// If the text is not of the format 0.0.4, or a family comes twice.
fn families(text: &str) -> BTreeMap<String, (String, Vec<Sample>)> {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line ends");
    let mut families = BTreeMap::new();
    let mut current: Option<(String, String, Vec<Sample>)> = None;
    let mut lines = text.split_terminator('\n').peekable();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split(' ').next().unwrap();
            let then = lines.peek().unwrap();
            assert!(then.starts_with(&format!("# TYPE {name} ")), "{line:?}, then {then:?}");
        } else if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, kind) = family.split_once(' ').unwrap();
            finish(&mut families, current.take());
            current = Some((name.to_owned(), kind.to_owned(), Vec::new()));
        } else {
            let (name, _, samples) = current.as_mut().expect("a type comes first");
            samples.push(sample(line, name));
        }
    }
    finish(&mut families, current);
    families
}

fn finish(
    families: &mut BTreeMap<String, (String, Vec<Sample>)>,
    family: Option<(String, String, Vec<Sample>)>,
) {
    if let Some((name, kind, samples)) = family {
        assert!(!samples.is_empty(), "{name} has no samples");
        let before = families.insert(name.clone(), (kind, samples));
        assert!(before.is_none(), "{name} comes twice");
    }
}

fn sample(line: &str, family: &str) -> Sample {
    let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("no sample: {line:?}"));
    let (name, mut rest) = line.split_at(end);
    let suffix = name.strip_prefix(family).unwrap_or_else(|| panic!("not of {family}: {line:?}"));
    let (mut labels, mut le) = (Vec::new(), None);
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (name, value) = rest.split_once("=\"").unwrap();
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{line:?}");
            let (value, after) = unescape(value);
            match name {
                "le" => le = Some(value),
                _ => labels.push((name.to_owned(), value)),
            }
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = number(rest.strip_prefix(' ').unwrap());
    Sample { suffix: suffix.to_owned(), labels, le, value }
}

/// The text up to the closing quote, and what follows.
fn unescape(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &text[at + 1..]),
            '\n' => panic!("a line feed in a label"),
            '\\' => value.push(match chars.next().unwrap().1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                other => panic!("`\\{other}` is no escape"),
            }),
            _ => value.push(char),
        }
    }
    panic!("{text:?} has no end");
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        _ => text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}")),
    }
}
