//! The label that tells failed measurements from others.

use super::dialect::Dialect;
use super::selector::{Comparison, Matcher};
use crate::entry::{Entry, EntryLabel, LabelValues};

/// The label of a metric that tells which measurements failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureLabel {
    /// The label's name in the database.
    pub(crate) label: String,
    /// The name in the catalog.
    pub(crate) original: &'static str,
    /// Selects the measurements that failed.
    pub(crate) failed: Matcher,
}

/// Values of a label that mean success.
const GOOD: [&str; 4] = ["ok", "success", "succeeded", "successful"];

impl FailureLabel {
    /// The label of a metric; `None` if no label tells.
    ///
    /// `error.type` tells best: it is absent without an error ([OpenTelemetry]), and also there if
    /// a call ended without a status. The next best is a fixed label with a value such as `ok`,
    /// then an open status of HTTP, which is from 500 on if the server failed.
    ///
    /// [OpenTelemetry]: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
    pub(crate) fn of(entry: &Entry, dialect: &Dialect) -> Option<Self> {
        let labels = entry.labels().into_iter();
        let telling = labels.filter_map(|label| Some((Evidence::of(&label)?, label)));
        let (_, best) = telling.min_by_key(|(evidence, _)| *evidence)?;
        let (comparison, value) = failed(&best)?;
        let label = dialect.label(best.name);
        let failed = Matcher::new(&label, comparison, &value);
        Some(Self { failed, label, original: best.name })
    }

    /// Whether the label tells failures, even if another label of the metric tells them better.
    pub(crate) fn is_told_by(label: &EntryLabel) -> bool {
        Evidence::of(label).is_some() || is_status_code(label.name)
    }
}

/// How a label tells failures, from the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    ErrorType,
    Outcome,
    Status,
}

impl Evidence {
    fn of(label: &EntryLabel) -> Option<Self> {
        failed(label)?;
        Some(match &label.values {
            _ if is_error_type(label.name) => Self::ErrorType,
            LabelValues::Fixed(_) => Self::Outcome,
            LabelValues::Open => Self::Status,
        })
    }
}

fn is_error_type(label: &str) -> bool {
    matches!(label, "error.type" | "error_type")
}

/// Whether the label has the status of HTTP or gRPC.
fn is_status_code(label: &str) -> bool {
    let mut words = label.split(['.', '_']);
    let is_protocol = matches!(words.next(), Some("http" | "rpc" | "grpc"));
    label == "status_code" || is_protocol && matches!(words.next_back(), Some("status" | "code"))
}

/// The matcher of the label for failed measurements.
fn failed(label: &EntryLabel) -> Option<(Comparison, String)> {
    match &label.values {
        _ if is_error_type(label.name) => Some((Comparison::NotEqual, String::new())),
        LabelValues::Fixed(values) => {
            let good = values.iter().find(|value| GOOD.contains(&value.as_str()))?;
            // An absent label is no failure.
            Some(if label.is_optional {
                (Comparison::DiffersFrom, format!("{good}|"))
            } else {
                (Comparison::NotEqual, good.clone())
            })
        }
        LabelValues::Open => {
            let is_http = matches!(label.name, "status" | "status_code" | "code")
                || label.name.starts_with("http") && is_status_code(label.name);
            is_http.then(|| (Comparison::Matches, "5..".to_owned()))
        }
    }
}
