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
    /// A fixed label tells if it has a value such as `ok`. An open label tells by its name:
    /// `error.type` is absent without an error ([OpenTelemetry]), and a status of HTTP is from 500
    /// on if the server failed.
    ///
    /// [OpenTelemetry]: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
    pub(crate) fn of(entry: &Entry, dialect: &Dialect) -> Option<Self> {
        let found = entry.labels().into_iter().find_map(|label| {
            let (comparison, value) = failed(&label)?;
            Some((label.name, comparison, value))
        });
        let (original, comparison, value) = found?;
        let label = dialect.label(original);
        Some(Self { failed: Matcher::new(&label, comparison, &value), label, original })
    }
}

/// What the label matches in failed measurements.
fn failed(label: &EntryLabel) -> Option<(Comparison, String)> {
    let last = label.name.rsplit(['.', '_']).next().unwrap_or_default();
    match &label.values {
        _ if matches!(label.name, "error.type" | "error_type") => {
            Some((Comparison::NotEqual, String::new()))
        }
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
            let is_status = matches!(label.name, "status" | "status_code" | "code")
                || label.name.starts_with("http") && matches!(last, "status" | "code");
            is_status.then(|| (Comparison::Matches, "5..".to_owned()))
        }
    }
}
