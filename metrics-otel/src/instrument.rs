//! Instruments of OpenTelemetry, and how changes get into them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    AsyncInstrument, BoundCounter, BoundHistogram, BoundUpDownCounter, Counter, Histogram, Meter,
    UpDownCounter,
};
use typed_metrics_core::{
    Descriptor, MetricChanges, MetricType, SeriesChange, SeriesId, Value, ValueType,
};

use crate::attributes::attributes;
use crate::lock;
use crate::replay::replay;

/// Where the changes of one metric go.
pub(crate) trait Sink: Send {
    /// Takes what came.
    fn take(&mut self, changes: &MetricChanges);

    /// Called when everything of a collection was taken; what is read by callbacks can be shown.
    fn publish(&mut self) {}
}

impl fmt::Debug for dyn Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}

/// Builds the instrument of `metric`. Not to be called from a callback of OpenTelemetry: the SDK
/// holds the lock then that this needs.
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
            let shown = Shown::default();
            let read = Arc::clone(&shown);
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
            Box::new(Gauges { shown, ..Gauges::default() })
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
            Box::new(Bound::new(builder.with_boundaries(metric.boundaries().to_vec()).build()))
        }
        (metric_type, value_type) => {
            log::warn!(
                target: "typed_metrics",
                "metric `{name}` is not exported: OpenTelemetry has no {metric_type} of {value_type}"
            );
            Box::new(Nowhere)
        }
    }
}

/// For kinds of metric that this crate does not know yet.
struct Nowhere;

impl Sink for Nowhere {
    fn take(&mut self, _: &MetricChanges) {}
}

/// A sync instrument that can be bound to the attributes of a series.
trait Bindable: Send {
    type Bound: Send;

    fn bind(&self, attributes: &[KeyValue]) -> Self::Bound;

    fn take(bound: &mut Self::Bound, change: &Value);

    /// The series is removed.
    fn end(bound: Self::Bound);
}

/// A sync instrument with what it was bound to. Binding is lazy: the SDK exports what is bound even
/// if nothing is recorded.
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
        // First, so that a series that takes the place of a removed one finds it free.
        for bound in changes.removed.iter().filter_map(|id| self.series.remove(id)) {
            I::end(bound);
        }
        for change in &changes.series {
            if let Some(bound) = self.series.get_mut(&change.id) {
                I::take(bound, &change.value);
            } else if let Some(labels) = change.labels() {
                let mut bound = self.instrument.bind(&attributes(changes.descriptor, &labels));
                I::take(&mut bound, &change.value);
                self.series.insert(change.id, bound);
            }
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
            /// With what was added in total.
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

            /// The SDK forgets nothing, and the series begins at zero if it comes back.
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
type Shown = Arc<Mutex<Vec<Observed>>>;

/// The values of a gauge.
#[derive(Default)]
struct Gauges {
    attributes: HashMap<SeriesId, Arc<[KeyValue]>, FixedState>,
    /// Of the collection that is under way.
    next: Vec<Observed>,
    shown: Shown,
}

impl Gauges {
    fn attributes(
        &mut self,
        metric: &'static Descriptor,
        change: &SeriesChange,
    ) -> Option<Arc<[KeyValue]>> {
        if let Some(known) = self.attributes.get(&change.id) {
            return Some(Arc::clone(known));
        }
        let new: Arc<[KeyValue]> = attributes(metric, &change.labels()?).into();
        self.attributes.insert(change.id, Arc::clone(&new));
        Some(new)
    }
}

impl Sink for Gauges {
    fn take(&mut self, changes: &MetricChanges) {
        changes.removed.iter().for_each(|id| drop(self.attributes.remove(id)));
        for change in &changes.series {
            if let Some(attributes) = self.attributes(changes.descriptor, change) {
                self.next.push((attributes, change.value.clone()));
            }
        }
    }

    fn publish(&mut self) {
        // What was shown serves as memory for the next time.
        std::mem::swap(&mut *lock(&self.shown), &mut self.next);
        self.next.clear();
    }
}

fn observe<T>(
    shown: &Mutex<Vec<Observed>>,
    instrument: &dyn AsyncInstrument<T>,
    value: impl Fn(&Value) -> Option<T>,
) {
    for (attributes, shown) in lock(shown).iter() {
        if let Some(value) = value(shown) {
            instrument.observe(value, attributes);
        }
    }
}
