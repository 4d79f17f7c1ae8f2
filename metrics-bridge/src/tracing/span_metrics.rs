//! The metrics of spans.

use tracing_core::Level;
use typed_metrics_derive::{Label, LabelGroup, Metrics};

/// The level of a span: the label `level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
#[allow(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum SpanLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl SpanLevel {
    pub(super) fn of(level: Level) -> Self {
        match level {
            Level::ERROR => Self::Error,
            Level::WARN => Self::Warn,
            Level::INFO => Self::Info,
            Level::DEBUG => Self::Debug,
            Level::TRACE => Self::Trace,
        }
    }
}

/// The labels of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
#[non_exhaustive]
pub struct SpanLabels<'a> {
    /// The name.
    #[label(name = "span.name")]
    pub name: &'a str,
    /// The level.
    pub level: SpanLevel,
}

impl<'a> SpanLabels<'a> {
    /// The labels of a span with this name and level.
    #[must_use]
    pub fn new(name: &'a str, level: SpanLevel) -> Self {
        Self { name, level }
    }
}

/// The durations of spans, which [`TracingMetrics::spans`](crate::TracingMetrics::spans) records
/// when a span closes.
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "tracing.span", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum SpanMetrics<'a> {
    /// Time from the beginning of a span to its close.
    #[histogram(unit = "s")]
    Duration(SpanLabels<'a>),

    /// Time in which a span was entered, as when the task of an asynchronous function was polled.
    #[histogram(unit = "s")]
    Busy(SpanLabels<'a>),

    /// Time in which a span was not entered, as when an asynchronous function waited.
    #[histogram(unit = "s")]
    Idle(SpanLabels<'a>),
}
