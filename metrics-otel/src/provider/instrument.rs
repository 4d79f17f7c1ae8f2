//! OpenTelemetry instruments, and how changes are recorded in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;
use log::Level;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    AsyncInstrument, BoundCounter, BoundHistogram, BoundUpDownCounter, Counter, Histogram, Meter,
    UpDownCounter,
};
use typed_metrics_core::buckets::default_for;
use typed_metrics_core::{
    Descriptor, MetricChanges, MetricType, SeriesChange, SeriesId, Value, ValueType, report,
};

use super::attributes::attributes;
use super::replay::replay;
use crate::lock::lock;

/// Receives the changes of one metric.
pub(crate) trait Sink: Send {
    /// Takes the changes of one collection.
    fn take(&mut self, changes: &MetricChanges);

    /// Called after all changes of a collection were taken. Publishes the values that callbacks
    /// observe.
    fn publish(&mut self) {}
}

impl fmt::Debug for dyn Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}

/// Builds the instrument of `metric`. Must not be called from a callback of OpenTelemetry: the SDK
/// then holds the lock that this function needs.
pub(crate) fn build(
    meter: &Meter,
    name: impl Into<Cow<'static, str>>,
    metric: &'static Descriptor,
) -> Box<dyn Sink> {
    let name = name.into();
    macro_rules! sync {
        ($build:ident) => {{
            let builder = meter.$build(name).with_unit(metric.unit());
            Box::new(Bound::new(builder.with_description(metric.description()).build()))
        }};
    }
    macro_rules! observed {
        ($build:ident, $value:ident) => {{
            let published = Published::default();
            let read = Arc::clone(&published);
            let _ = meter
                .$build(name)
                .with_unit(metric.unit())
                .with_description(metric.description())
                .with_callback(move |instrument| {
                    observe(&read, instrument, |value| match value {
                        Value::$value(value) => Some(*value),
                        _ => None,
                    });
                })
                .build();
            Box::new(Gauges { published, ..Gauges::default() })
        }};
    }
    match (metric.metric_type(), metric.value_type()) {
        (MetricType::Counter, ValueType::F64) => sync!(f64_counter),
        (MetricType::Counter, _) => sync!(u64_counter),
        (MetricType::UpDownCounter, ValueType::F64) => sync!(f64_up_down_counter),
        (MetricType::UpDownCounter, _) => sync!(i64_up_down_counter),
        (MetricType::Gauge, ValueType::U64) => observed!(u64_observable_gauge, U64),
        (MetricType::Gauge, ValueType::I64) => observed!(i64_observable_gauge, I64),
        (MetricType::Gauge, ValueType::F64) => observed!(f64_observable_gauge, F64),
        (MetricType::Histogram, _) => {
            let builder = meter.f64_histogram(name).with_unit(metric.unit());
            let builder = builder.with_description(metric.description());
            // An exponential histogram has no boundaries; a view makes it exponential in the SDK.
            let boundaries = match metric.exponential() {
                Some(_) => default_for(metric.unit()),
                None => metric.boundaries().to_vec(),
            };
            Box::new(Bound::new(builder.with_boundaries(boundaries).build()))
        }
        (metric_type, value_type) => {
            let text = format_args!(
                "metric `{name}` is not exported: OpenTelemetry has no {metric_type} of \
                 {value_type}"
            );
            report(Level::Warn, &format!("otel: metric {name} is not exported"), text);
            Box::new(Unsupported)
        }
    }
}

/// The sink of kinds of metric that this crate does not know yet.
struct Unsupported;

impl Sink for Unsupported {
    fn take(&mut self, _: &MetricChanges) {}
}

/// A synchronous instrument that can be bound to the attributes of a series.
trait Bindable: Send {
    type Bound: Send;

    fn bind(&self, attributes: &[KeyValue]) -> Self::Bound;

    fn take(bound: &mut Self::Bound, change: &Value);

    /// Called when the series is removed.
    fn end(bound: Self::Bound);
}

/// A synchronous instrument and its bound series. A series is bound when it first changes, because
/// the SDK exports a bound series even if nothing was recorded in it.
struct Bound<I: Bindable> {
    instrument: I,
    series: HashMap<SeriesId, I::Bound, FixedState>,
}

impl<I: Bindable> Bound<I> {
    fn new(instrument: I) -> Self {
        Self { instrument, series: HashMap::default() }
    }
}

impl<I: Bindable> Sink for Bound<I> {
    fn take(&mut self, changes: &MetricChanges) {
        for change in &changes.series {
            let bound = self.series.entry(change.id).or_insert_with(|| {
                self.instrument.bind(&attributes(changes.descriptor, &change.labels()))
            });
            I::take(bound, &change.value);
        }
        // Last: a removed series may have changed a last time.
        for bound in changes.removed.iter().filter_map(|id| self.series.remove(id)) {
            I::end(bound);
        }
    }
}

macro_rules! counters {
    ($($number:ty, $value:ident);*) => {$(
        impl Bindable for Counter<$number> {
            type Bound = BoundCounter<$number>;

            fn bind(&self, attributes: &[KeyValue]) -> Self::Bound {
                self.bind(attributes)
            }

            fn take(bound: &mut Self::Bound, change: &Value) {
                if let Value::$value(change) = change {
                    bound.add(*change);
                }
            }

            fn end(_: Self::Bound) {}
        }
    )*};
}

counters!(u64, U64; f64, F64);

macro_rules! up_down_counters {
    ($($number:ty, $value:ident, $add:expr, $negate:expr);*) => {$(
        impl Bindable for UpDownCounter<$number> {
            /// The instrument and the sum of all added values.
            type Bound = (BoundUpDownCounter<$number>, $number);

            fn bind(&self, attributes: &[KeyValue]) -> Self::Bound {
                (self.bind(attributes), <$number>::default())
            }

            fn take((bound, total): &mut Self::Bound, change: &Value) {
                if let Value::$value(change) = change {
                    bound.add(*change);
                    *total = $add(*total, *change);
                }
            }

            /// Adds the negated sum: the SDK keeps the series, and a series that comes back begins
            /// at zero.
            fn end((bound, total): Self::Bound) {
                bound.add($negate(total));
            }
        }
    )*};
}

up_down_counters!(
    i64, I64, i64::wrapping_add, i64::wrapping_neg;
    f64, F64, std::ops::Add::add, std::ops::Neg::neg
);

impl Bindable for Histogram<f64> {
    type Bound = BoundHistogram<f64>;

    fn bind(&self, attributes: &[KeyValue]) -> Self::Bound {
        self.bind(attributes)
    }

    fn take(bound: &mut Self::Bound, change: &Value) {
        if let Value::Histogram(interval) = change {
            replay(interval, |value| bound.record(value));
        }
    }

    fn end(_: Self::Bound) {}
}

type Observed = (Arc<[KeyValue]>, Value);

/// The values that a gauge's callback observes.
type Published = Arc<Mutex<Vec<Observed>>>;

/// The sink of a gauge.
#[derive(Default)]
struct Gauges {
    attributes: HashMap<SeriesId, Arc<[KeyValue]>, FixedState>,
    /// The values of the current collection.
    next: Vec<Observed>,
    published: Published,
}

impl Gauges {
    fn attributes(
        &mut self,
        metric: &'static Descriptor,
        change: &SeriesChange,
    ) -> Arc<[KeyValue]> {
        let known = self.attributes.entry(change.id);
        Arc::clone(known.or_insert_with(|| attributes(metric, &change.labels()).into()))
    }
}

impl Sink for Gauges {
    fn take(&mut self, changes: &MetricChanges) {
        changes.removed.iter().for_each(|id| drop(self.attributes.remove(id)));
        for change in &changes.series {
            let attributes = self.attributes(changes.descriptor, change);
            self.next.push((attributes, change.value.clone()));
        }
    }

    fn publish(&mut self) {
        // The old vector is reused for the next collection.
        std::mem::swap(&mut *lock(&self.published), &mut self.next);
        self.next.clear();
    }
}

fn observe<T>(
    published: &Mutex<Vec<Observed>>,
    instrument: &dyn AsyncInstrument<T>,
    value: impl Fn(&Value) -> Option<T>,
) {
    for (attributes, observed) in lock(published).iter() {
        if let Some(value) = value(observed) {
            instrument.observe(value, attributes);
        }
    }
}
