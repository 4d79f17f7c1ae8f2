//! A family: the metrics that have one name after translation.

use super::number::limit;
use super::rows::Rows;
use crate::kind::Kind;

/// The families that a writer gets, one after the other.
#[derive(Debug)]
pub(super) struct Family<'a> {
    /// Escaped, with the suffixes `_total` and `_info`.
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    /// In words.
    pub(super) unit: &'a str,
    pub(super) help: &'a str,
    /// The definitions of the metric.
    pub(super) members: &'a [Member],
    pub(super) rows: &'a Rows,
}

impl Family<'_> {
    /// The unit, if the name without `_total` ends with it. OpenMetrics 1.0 and Prometheus' readers
    /// refuse every other unit.
    pub(super) fn stated_unit(&self) -> &str {
        let name = match self.kind {
            Kind::Counter => self.name.strip_suffix("_total").unwrap_or(self.name),
            _ => self.name,
        };
        let rest = name.strip_suffix(self.unit);
        if rest.is_some_and(|rest| rest.len() > 1 && rest.ends_with('_')) { self.unit } else { "" }
    }
}

/// One definition of a metric.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) boundaries: &'static [f64],
    /// The limits of the buckets as text, the last one included.
    pub(super) limits: Vec<String>,
}

impl Member {
    pub(super) fn new(boundaries: &'static [f64]) -> Self {
        let all = boundaries.iter().copied().chain([f64::INFINITY]);
        Self { boundaries, limits: all.map(limit).collect() }
    }
}
