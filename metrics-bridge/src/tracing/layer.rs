//! The layer.

use std::cell::RefCell;

use hashbrown::HashTable;
use tracing_core::span::{Attributes, Id};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use typed_metrics_core::{Metric, MetricType, ScopedMetric};

use super::filter::TracingFilter;
use super::span::SpanTimes;
use super::visitor::{EventFields, Measurement};
use crate::imports::{Description, Imports};
use crate::otel_name::otel_name;

static IMPORTS: Imports = Imports::new("the crate tracing");

/// Records what events of `tracing` measure, by the fields that [`tracing-opentelemetry`] reads.
///
/// | field | metric |
/// |---|---|
/// | `monotonic_counter.x` | the counter `x` |
/// | `counter.x` | the up-down counter `x` |
/// | `gauge.x` | the gauge `x` |
/// | `histogram.x` | the histogram `x` |
///
/// The value is a number of any type. All other fields of the event are attributes, whose values
/// are texts, integers, floats or booleans; a value with `?` or `%` is a text.
///
/// ```
/// use tracing_subscriber::prelude::*;
/// use typed_metrics_bridge::TracingMetrics;
///
/// let subscriber = tracing_subscriber::registry().with(TracingMetrics::new().layer());
/// tracing::subscriber::with_default(subscriber, || {
///     tracing::info!(monotonic_counter.mails = 2, histogram.mail_size = 1200.0, to = "ann");
/// });
///
/// let snapshot = typed_metrics_core::snapshot();
/// let mails = snapshot.get("mails").unwrap().series_with(&[("to", "ann")]).unwrap();
/// assert_eq!(mails.value.as_f64(), 2.0);
/// ```
///
/// - Events without such a field never reach the layer: its filter answers once for each place in
///   the code.
/// - The values of metrics are `f64`, so integers and floats may be mixed; integers are exact up to
///   2^53.
/// - The message is no attribute, in contrast to `tracing-opentelemetry`: each text would be a
///   series of its own.
/// - A negative number in a monotonic counter is dropped, and counted by
///   [`DropReason`](typed_metrics_core::DropReason).
/// - Fields of the spans around an event are no attributes.
/// - A field whose value is a text or a boolean is an attribute, whatever its name.
///
/// [`tracing-opentelemetry`]: https://docs.rs/tracing-opentelemetry/latest/tracing_opentelemetry/struct.MetricsLayer.html
#[derive(Debug, Clone, Copy)]
#[must_use = "add `layer()` to a subscriber"]
pub struct TracingMetrics {
    spans: bool,
}

impl Default for TracingMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl TracingMetrics {
    /// Measures events.
    pub fn new() -> Self {
        Self { spans: false }
    }

    /// Whether the durations of spans are measured, too, as [`SpanMetrics`](crate::SpanMetrics)
    /// declares them. The default is `false`.
    ///
    /// ```
    /// use tracing_subscriber::prelude::*;
    /// use typed_metrics_bridge::{SpanLabels, SpanLevel, SpanMetrics, TracingMetrics};
    /// use typed_metrics_core::testing::capture;
    ///
    /// let layer = TracingMetrics::new().spans(true).layer();
    /// let subscriber = tracing_subscriber::registry().with(layer);
    /// let seen = tracing::subscriber::with_default(subscriber, || {
    ///     capture(|| tracing::info_span!("parse").in_scope(|| ()))
    /// });
    /// let labels = SpanLabels::new("parse", SpanLevel::Info);
    /// seen.assert_histogram_count(SpanMetrics::Duration(labels), 1);
    /// ```
    pub fn spans(self, spans: bool) -> Self {
        Self { spans }
    }

    /// The layer with its filter.
    #[must_use]
    pub fn layer<S>(self) -> Filtered<TracingLayer, TracingFilter, S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        TracingLayer(()).with_filter(TracingFilter { spans: self.spans })
    }
}

/// The layer that [`TracingMetrics::layer`] returns.
#[derive(Debug)]
pub struct TracingLayer(());

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let recorded = THREAD.try_with(|thread| {
            // The value of a field may record an event while it is formatted.
            let mut thread = thread.try_borrow_mut().ok()?;
            thread.record(event);
            Some(())
        });
        if recorded.ok().flatten().is_none() {
            Thread::default().record(event);
        }
    }

    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(SpanTimes::begin());
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        change(id, &context, SpanTimes::enter);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        change(id, &context, SpanTimes::exit);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id)
            && let Some(times) = span.extensions().get::<SpanTimes>()
        {
            times.close(span.metadata());
        }
    }
}

fn change<S>(id: &Id, context: &Context<'_, S>, change: fn(&mut SpanTimes))
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if let Some(span) = context.span(id)
        && let Some(times) = span.extensions_mut().get_mut()
    {
        change(times);
    }
}

/// The memory of a thread, so that an event allocates nothing in steady state.
#[derive(Default)]
struct Thread {
    fields: EventFields,
    /// The metrics by the names of fields, which are texts of the program, so that their addresses
    /// are enough. There are as many as places in the code, at most.
    metrics: HashTable<(Named, Option<ScopedMetric>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named {
    kind: MetricType,
    address: usize,
    length: usize,
}

thread_local! {
    static THREAD: RefCell<Thread> = RefCell::default();
}

impl Thread {
    fn record(&mut self, event: &Event<'_>) {
        self.fields.clear();
        event.record(&mut self.fields);
        for &measurement in &self.fields.measurements {
            let Measurement { kind, value, .. } = measurement;
            let Some(metric) = find(&mut self.metrics, measurement) else { continue };
            let attributes = &self.fields.attributes;
            match kind {
                MetricType::Histogram => metric.record(value, attributes),
                MetricType::Gauge => metric.set(value, attributes),
                _ => metric.add(value, attributes),
            }
        }
    }
}

fn find(
    metrics: &mut HashTable<(Named, Option<ScopedMetric>)>,
    Measurement { kind, name, .. }: Measurement,
) -> Option<ScopedMetric> {
    let named = Named { kind, address: name.as_ptr().addr(), length: name.len() };
    if let Some((_, metric)) = metrics.find(named.hash(), |(other, _)| *other == named) {
        return *metric;
    }
    let metric = IMPORTS.metric(kind, &otel_name(name), define(kind));
    metrics.insert_unique(named.hash(), (named, metric), |(named, _)| named.hash());
    metric
}

fn define(kind: MetricType) -> impl Fn(&str, &Description) -> Metric {
    move |name, _| match kind {
        MetricType::Counter => Metric::counter(name),
        MetricType::UpDownCounter => Metric::up_down_counter(name),
        MetricType::Histogram => Metric::histogram(name),
        _ => Metric::gauge(name),
    }
}

impl Named {
    fn hash(self) -> u64 {
        // Texts of a program lie close together. The odd factor of Fibonacci hashing spreads them
        // over all bits.
        (self.address as u64 ^ (self.length as u64) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
