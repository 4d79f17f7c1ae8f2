//! The current span of OpenTelemetry's context, for exemplars.

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use typed_metrics_core::CurrentSpan;

/// The current span of OpenTelemetry's context, also that of a `tracing` span in a program with
/// `tracing-opentelemetry`. A pipeline asks this function itself; give it to
/// [`set_exemplars`](typed_metrics_core::set_exemplars) in programs without a pipeline, such as
/// those that Prometheus scrapes.
///
/// ```
/// use typed_metrics_core::{ExemplarFilter, set_exemplars};
/// use typed_metrics_otel::current_span;
///
/// set_exemplars(ExemplarFilter::TraceBased, current_span);
/// # set_exemplars(ExemplarFilter::AlwaysOff, || None);
/// assert!(current_span().is_none(), "no span is entered");
/// ```
#[must_use]
pub fn current_span() -> Option<CurrentSpan> {
    Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        let ids = || (span.trace_id().to_bytes(), span.span_id().to_bytes());
        span.is_valid().then(ids).map(|(trace, id)| CurrentSpan::new(trace, id, span.is_sampled()))
    })
}
