//! The meters of the provider: one for each scope.

use std::sync::{Arc, LazyLock, Mutex};

use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::{
    AsyncInstrumentBuilder, Counter, Gauge, Histogram, HistogramBuilder, InstrumentBuilder,
    InstrumentProvider, Meter, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
    SyncInstrument, UpDownCounter,
};
use typed_metrics_core::{
    MetricType, Scope, ScopedDefinition, ScopedMetric, ValueType, in_section,
};

use super::attributes::Given;
use super::observable::observe;
use super::synchronous::{self, Refused, Synchronous};
use crate::lock::lock;

/// The meter of a scope.
#[derive(Debug)]
struct EngineMeter(&'static Scope);

/// All meters. They stay for ever, as their scopes do.
static METERS: LazyLock<Mutex<Vec<Arc<EngineMeter>>>> = LazyLock::new(Mutex::default);

/// The meter of `scope`.
pub(super) fn meter(scope: &InstrumentationScope) -> Meter {
    let attributes: Vec<_> = scope.attributes().cloned().collect();
    let scope = Scope::of(scope.name(), scope.version(), scope.schema_url(), &Given(&attributes));
    Meter::new(with_meters(|meters| {
        let known = meters.iter().find(|meter| std::ptr::eq(meter.0, scope));
        known.cloned().unwrap_or_else(|| {
            let meter = Arc::new(EngineMeter(scope));
            meters.push(Arc::clone(&meter));
            meter
        })
    }))
}

/// Calls `f` with all meters. No other thread holds the lock when the process is forked under a
/// guard.
fn with_meters<R>(f: impl FnOnce(&mut Vec<Arc<EngineMeter>>) -> R) -> R {
    in_section(|| f(&mut lock(&METERS)))
}

/// Whether a meter comes from this provider, also if another provider hands it out.
pub(crate) fn is_ours(meter: &Meter) -> bool {
    // A meter does not expose its implementation, but its builders do.
    let behind = meter.u64_counter("").instrument_provider;
    let behind = std::ptr::from_ref(behind).cast::<()>();
    with_meters(|all| all.iter().any(|meter| std::ptr::addr_eq(Arc::as_ptr(meter), behind)))
}

/// The facts that the call alone determines.
#[derive(Debug, Clone, Copy)]
struct Kind {
    metric_type: MetricType,
    value_type: ValueType,
    is_observed: bool,
    call: &'static str,
}

impl EngineMeter {
    fn register(
        &self,
        kind: Kind,
        name: &str,
        unit: Option<&str>,
        description: Option<&str>,
        boundaries: Option<&[f64]>,
    ) -> Option<ScopedMetric> {
        let Kind { metric_type, value_type, is_observed, call } = kind;
        let definition = ScopedDefinition {
            scope: self.0,
            name,
            metric_type,
            value_type,
            unit: unit.unwrap_or_default(),
            description: description.unwrap_or_default(),
            boundaries,
            is_observed,
            call,
        };
        definition.register()
    }
}

/// The instrument of the API around `instrument`, or around none if there is no metric.
fn shared<T: 'static, I: synchronous::Record<T> + 'static>(
    metric: Option<ScopedMetric>,
    instrument: impl FnOnce(ScopedMetric) -> I,
) -> Arc<dyn SyncInstrument<T> + Send + Sync> {
    match metric {
        Some(metric) => Arc::new(Synchronous(instrument(metric))),
        None => Arc::new(Refused),
    }
}

macro_rules! synchronous {
    ($($call:ident: $api:ident<$number:ty>, $value:ident, $metric:ident, $instrument:ident;)*) => {$(
        fn $call(&self, builder: InstrumentBuilder<'_, $api<$number>>) -> $api<$number> {
            let kind = Kind {
                metric_type: MetricType::$metric,
                value_type: ValueType::$value,
                is_observed: false,
                call: stringify!($call),
            };
            let (unit, description) = (builder.unit.as_deref(), builder.description.as_deref());
            let metric = self.register(kind, &builder.name, unit, description, None);
            $api::new(shared(metric, synchronous::$instrument))
        }
    )*};
}

macro_rules! histograms {
    ($($call:ident: $number:ty, $value:ident;)*) => {$(
        fn $call(&self, builder: HistogramBuilder<'_, Histogram<$number>>) -> Histogram<$number> {
            let kind = Kind {
                metric_type: MetricType::Histogram,
                value_type: ValueType::$value,
                is_observed: false,
                call: stringify!($call),
            };
            let (unit, description) = (builder.unit.as_deref(), builder.description.as_deref());
            let boundaries = builder.boundaries.as_deref();
            let metric = self.register(kind, &builder.name, unit, description, boundaries);
            Histogram::new(shared(metric, synchronous::Histogram))
        }
    )*};
}

macro_rules! observables {
    ($($call:ident: $api:ident<$number:ty>, $value:ident, $metric:ident;)*) => {$(
        fn $call(
            &self,
            builder: AsyncInstrumentBuilder<'_, $api<$number>, $number>,
        ) -> $api<$number> {
            let kind = Kind {
                metric_type: MetricType::$metric,
                value_type: ValueType::$value,
                is_observed: true,
                call: stringify!($call),
            };
            let (unit, description) = (builder.unit.as_deref(), builder.description.as_deref());
            let metric = self.register(kind, &builder.name, unit, description, None);
            if let Some(metric) = metric {
                observe(metric, builder.callbacks);
            }
            $api::new()
        }
    )*};
}

impl InstrumentProvider for EngineMeter {
    synchronous! {
        u64_counter: Counter<u64>, U64, Counter, Sum;
        f64_counter: Counter<f64>, F64, Counter, Sum;
        i64_up_down_counter: UpDownCounter<i64>, I64, UpDownCounter, Sum;
        f64_up_down_counter: UpDownCounter<f64>, F64, UpDownCounter, Sum;
        u64_gauge: Gauge<u64>, U64, Gauge, Gauge;
        i64_gauge: Gauge<i64>, I64, Gauge, Gauge;
        f64_gauge: Gauge<f64>, F64, Gauge, Gauge;
    }

    histograms! {
        u64_histogram: u64, U64;
        f64_histogram: f64, F64;
    }

    observables! {
        u64_observable_counter: ObservableCounter<u64>, U64, Counter;
        f64_observable_counter: ObservableCounter<f64>, F64, Counter;
        i64_observable_up_down_counter: ObservableUpDownCounter<i64>, I64, UpDownCounter;
        f64_observable_up_down_counter: ObservableUpDownCounter<f64>, F64, UpDownCounter;
        u64_observable_gauge: ObservableGauge<u64>, U64, Gauge;
        i64_observable_gauge: ObservableGauge<i64>, I64, Gauge;
        f64_observable_gauge: ObservableGauge<f64>, F64, Gauge;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use typed_metrics_core::fork_guard;

    use super::*;

    #[test]
    fn no_other_thread_holds_the_meters_while_the_process_is_forked() {
        let (locked, is_locked) = channel();
        let other = thread::spawn(move || {
            with_meters(|_| {
                locked.send(()).unwrap();
                thread::sleep(Duration::from_millis(50));
            });
        });
        is_locked.recv().unwrap();
        let guard = fork_guard();
        assert!(METERS.try_lock().is_ok());
        // The thread that forks makes a meter, and another one waits.
        let _ = meter(&InstrumentationScope::builder("forked").build());
        drop(guard);
        other.join().unwrap();
    }
}
