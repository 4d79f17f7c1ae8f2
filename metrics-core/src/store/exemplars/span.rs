//! The current span, as a function of a tracing library gives it.

use std::borrow::Cow;

use crate::labels::attributes::AttributeValue;
use crate::labels::scratch::Scratch;
use crate::labels::value::LabelValue;

/// The span that a thread is inside. The function that is given to
/// [`set_exemplars`](crate::set_exemplars) returns it.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::CurrentSpan;
///
/// let span = CurrentSpan::new([7; 16], [9; 8], true).label("user.id", 4711);
/// assert!(span.is_sampled);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CurrentSpan {
    /// The id of the trace.
    pub trace_id: [u8; 16],
    /// The id of the span.
    pub span_id: [u8; 8],
    /// Whether the trace is recorded.
    pub is_sampled: bool,
    pub(crate) labels: Vec<(Cow<'static, str>, LabelValue)>,
}

/// A function that returns the current span of its thread; `None` outside of any span.
pub(crate) type SpanSource = fn() -> Option<CurrentSpan>;

impl CurrentSpan {
    /// A span with these ids.
    #[must_use]
    pub const fn new(trace_id: [u8; 16], span_id: [u8; 8], is_sampled: bool) -> Self {
        Self { trace_id, span_id, is_sampled, labels: Vec::new() }
    }

    /// Adds a label of the measurement that is no label of its series, such as the id of a user.
    /// OpenTelemetry calls such labels filtered attributes. An absent value adds no label.
    #[must_use]
    pub fn label(mut self, name: impl Into<Cow<'static, str>>, value: impl AttributeValue) -> Self {
        let value = value.attribute_value(&mut Scratch::new()).to_value();
        self.labels.extend(value.map(|value| (name.into(), value)));
        self
    }
}
