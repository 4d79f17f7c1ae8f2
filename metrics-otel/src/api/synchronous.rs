//! Synchronous instruments, and bound ones.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundSyncInstrument, SyncInstrument};
use typed_metrics_core::{Number, ScopedMetric, ScopedSeries};

use super::attributes::Given;

/// A counter or an up-down counter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum(pub(super) ScopedMetric);

/// A gauge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gauge(pub(super) ScopedMetric);

/// A histogram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Histogram(pub(super) ScopedMetric);

/// An instrument whose metric could not be registered: nothing is recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused;

/// How an instrument records a value of type `T`.
pub(super) trait Record<T>: Copy + Send + Sync + 'static {
    fn record(self, value: T, attributes: &Given<'_>);

    /// The series with these attributes: see [`ScopedMetric::series`].
    fn series(self, attributes: &Given<'_>) -> ScopedSeries;

    fn record_in(series: ScopedSeries, value: T);
}

impl<N: Number> Record<N> for Sum {
    #[inline]
    fn record(self, n: N, attributes: &Given<'_>) {
        self.0.add(n, attributes);
    }

    fn series(self, attributes: &Given<'_>) -> ScopedSeries {
        self.0.series(attributes)
    }

    #[inline]
    fn record_in(series: ScopedSeries, n: N) {
        series.add(n);
    }
}

impl<N: Number> Record<N> for Gauge {
    #[inline]
    fn record(self, value: N, attributes: &Given<'_>) {
        self.0.set(value, attributes);
    }

    fn series(self, attributes: &Given<'_>) -> ScopedSeries {
        self.0.series(attributes)
    }

    #[inline]
    fn record_in(series: ScopedSeries, value: N) {
        series.set(value);
    }
}

macro_rules! histograms {
    ($($number:ty, $value:ident => $float:expr);*) => {$(
        impl Record<$number> for Histogram {
            #[inline]
            fn record(self, $value: $number, attributes: &Given<'_>) {
                self.0.record($float, attributes);
            }

            fn series(self, attributes: &Given<'_>) -> ScopedSeries {
                self.0.series(attributes)
            }

            #[inline]
            fn record_in(series: ScopedSeries, $value: $number) {
                series.record($float);
            }
        }
    )*};
}

// The sum of a histogram is an `f64`, in OTLP too. So integers above 2^53 are rounded.
histograms!(f64, value => value; u64, value => value as f64);

/// An instrument of the API, around one of the types above.
#[derive(Debug)]
pub(super) struct Synchronous<I>(pub(super) I);

impl<T: 'static, I: Record<T>> SyncInstrument<T> for Synchronous<I> {
    fn measure(&self, value: T, attributes: &[KeyValue]) {
        self.0.record(value, &Given(attributes));
    }

    fn bind(&self, attributes: &[KeyValue]) -> Box<dyn BoundSyncInstrument<T> + Send + Sync> {
        let series = self.0.series(&Given(attributes));
        Box::new(Bound { instrument: self.0, attributes: attributes.into(), series })
    }
}

/// An instrument and the attributes to which it was bound.
#[derive(Debug)]
struct Bound<I> {
    instrument: I,
    attributes: Box<[KeyValue]>,
    series: ScopedSeries,
}

impl<T, I: Record<T>> BoundSyncInstrument<T> for Bound<I> {
    fn measure(&self, value: T) {
        if self.series.is_current() {
            I::record_in(self.series, value);
        } else {
            // The series was removed, or there was no room for it: this measurement brings it back,
            // in other memory maybe.
            self.instrument.record(value, &Given(&self.attributes));
        }
    }
}

impl<T> SyncInstrument<T> for Refused {
    fn measure(&self, _: T, _: &[KeyValue]) {}

    fn bind(&self, _: &[KeyValue]) -> Box<dyn BoundSyncInstrument<T> + Send + Sync> {
        Box::new(Self)
    }
}

impl<T> BoundSyncInstrument<T> for Refused {
    fn measure(&self, _: T) {}
}
