//! Handles: what a metric's constructor returns, with the operations of its kind only.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use super::value::{CounterValue, GaugeValue, HistogramValue, UpDownValue};
use crate::collect::observation::{Observation, observe_series};
use crate::collect::remove::remove;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::unit::{NotTime, TimeUnit};
use crate::store::series::Series;

/// The kinds of metrics, as types: what tells a [`Counter`] from a [`Gauge`].
pub mod kind {
    use std::marker::PhantomData;

    use crate::rules::unit::NotTime;

    /// A sum of `T` that only grows.
    #[derive(Debug)]
    pub struct Counter<T>(PhantomData<T>);

    /// A sum of `T` that grows and shrinks.
    #[derive(Debug)]
    pub struct UpDownCounter<T>(PhantomData<T>);

    /// A value of `T` of which the last one counts.
    #[derive(Debug)]
    pub struct Gauge<T>(PhantomData<T>);

    /// A distribution of values in unit `U`.
    #[derive(Debug)]
    pub struct Histogram<U = NotTime>(PhantomData<U>);
}

/// One series of a metric: 16 bytes, `Copy`, valid for ever.
///
/// A constructor such as `ShopMetrics::request_count("/", 200)` returns one. Use it at once, or keep
/// it where the same labels are recorded again and again: that saves looking the series up.
///
/// The kind `K` decides on its operations; the names to use are [`Counter`], [`UpDownCounter`],
/// [`Gauge`] and [`Histogram`].
#[must_use = "a handle records nothing by itself"]
pub struct Handle<K> {
    series: Series,
    kind: PhantomData<fn() -> K>,
}

/// A sum that only grows, in `u64` or `f64`.
pub type Counter<T = u64> = Handle<kind::Counter<T>>;

/// A sum that grows and shrinks, in `i64` or `f64`.
pub type UpDownCounter<T = i64> = Handle<kind::UpDownCounter<T>>;

/// A value of which the last one counts, in `f64`, `i64` or `u64`.
pub type Gauge<T = f64> = Handle<kind::Gauge<T>>;

/// A distribution of values. `U` is the unit, if it is one of time.
pub type Histogram<U = NotTime> = Handle<kind::Histogram<U>>;

impl<K> Copy for Handle<K> {}

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> fmt::Debug for Handle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let descriptor = self.descriptor();
        f.debug_struct("Handle")
            .field("metric", &descriptor.name())
            .field("type", &descriptor.metric_type())
            .field("labels", &self.series.labels())
            .finish()
    }
}

impl<K> Handle<K> {
    #[inline(always)]
    pub(crate) fn new(series: Series) -> Self {
        Self { series, kind: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn series(self) -> Series {
        self.series
    }

    /// What is known of the metric.
    #[must_use]
    pub fn descriptor(&self) -> &'static Descriptor {
        self.series.descriptor()
    }

    /// Removes the series: it is exported no more, and what it counted is forgotten.
    ///
    /// Recording with the same labels again, also through a handle made before, begins a new series
    /// at zero. Under a series limit, a removed series makes room for another.
    pub fn remove(self) {
        remove(self.series);
    }
}

impl<T: Number> Counter<T> {
    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.series.add(T::ONE);
    }

    /// Adds `n`. A negative, infinite or NaN `f64` is dropped and counted as such.
    #[inline(always)]
    pub fn add(self, n: impl CounterValue<T>) {
        let n = n.increment();
        if !n.is_finite() {
            self.series.drop_for(DropReason::NotFinite);
        } else if n < T::ZERO {
            self.series.drop_for(DropReason::Negative);
        } else {
            self.series.add(n);
        }
    }

    /// From now on reads a total that something else counts, at every collection, until the returned
    /// guard is dropped. `total` is that total since it began; if it falls, it began again.
    ///
    /// What was observed stays counted afterwards.
    pub fn observe<V: CounterValue<T>>(
        self,
        total: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || Ok(total().increment()))
    }
}

impl<T: Number> UpDownCounter<T> {
    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.series.add(T::ONE);
    }

    /// Subtracts 1.
    #[inline(always)]
    pub fn dec(self) {
        self.series.add(T::ZERO.minus(T::ONE));
    }

    /// Adds `n`, which may be negative. An infinite or NaN `f64` is dropped and counted as such.
    #[inline(always)]
    pub fn add(self, n: impl UpDownValue<T>) {
        let n = n.change();
        if n.is_finite() {
            self.series.add(n);
        } else {
            self.series.drop_for(DropReason::NotFinite);
        }
    }

    /// Adds 1 now, and subtracts it when the returned guard is dropped.
    #[inline]
    pub fn enter(self) -> Entered<T> {
        self.inc();
        Entered { counter: self, removals: self.series.removals() }
    }

    /// From now on reads a sum that something else keeps, at every collection, until the returned
    /// guard is dropped; then what was observed is subtracted again.
    pub fn observe<V: UpDownValue<T>>(
        self,
        sum: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || Ok(sum().change()))
    }
}

impl<T: Number> Gauge<T> {
    /// Sets the value. What the gauge's type cannot hold (NaN and infinity in any, a negative number
    /// in `u64`) is dropped and counted as such.
    #[inline]
    pub fn set(self, value: impl GaugeValue<T>) {
        match value.gauge_value() {
            Ok(value) if value.is_finite() => self.series.set(value),
            Ok(_) => self.series.drop_for(DropReason::NotFinite),
            Err(reason) => self.series.drop_for(reason),
        }
    }

    /// From now on reads the value at every collection, until the returned guard is dropped; then
    /// the series is gone.
    pub fn observe<V: GaugeValue<T>>(
        self,
        value: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || value().gauge_value())
    }
}

impl<U> Histogram<U> {
    /// Records a value: any number, and a [`Duration`] if the unit is one of time. NaN and infinity
    /// are dropped and counted as such.
    #[inline(always)]
    pub fn record(self, value: impl HistogramValue<U>) {
        self.series.record(value.histogram_value());
    }

    /// Starts a timer that records the time until it is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<U>
    where
        U: TimeUnit,
    {
        Timer { histogram: Some(self), start: Instant::now() }
    }

    /// Calls `f` and records how long it took, also if it panics.
    #[inline]
    pub fn time<R>(self, f: impl FnOnce() -> R) -> R
    where
        U: TimeUnit,
    {
        let _timer = self.start_timer();
        f()
    }
}

/// Counts as 1 in an up-down counter until it is dropped. From [`enter`](Handle::enter).
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, and it counts for nothing"]
#[derive(Debug)]
pub struct Entered<T: Number = i64> {
    counter: UpDownCounter<T>,
    /// How often the series had been removed: if it was again, the 1 is forgotten already.
    removals: u32,
}

impl<T: Number> Drop for Entered<T> {
    #[inline]
    fn drop(&mut self) {
        if self.counter.series.removals() == self.removals {
            self.counter.dec();
        }
    }
}

/// Records the time since it was started when it is dropped, also by a panic or a cancelled future.
/// From [`start_timer`](Handle::start_timer).
#[must_use = "keep it: `let _timer = …`; `let _ = …` drops it at once, and it records no time"]
#[derive(Debug)]
pub struct Timer<U: TimeUnit> {
    histogram: Option<Histogram<U>>,
    start: Instant,
}

impl<U: TimeUnit> Timer<U> {
    /// Records now, and returns what was recorded.
    pub fn stop(mut self) -> Duration {
        let elapsed = self.start.elapsed();
        if let Some(histogram) = self.histogram.take() {
            histogram.record(elapsed);
        }
        elapsed
    }

    /// Records nothing.
    pub fn discard(mut self) {
        self.histogram = None;
    }
}

impl<U: TimeUnit> Drop for Timer<U> {
    #[inline]
    fn drop(&mut self) {
        if let Some(histogram) = self.histogram {
            histogram.record(self.start.elapsed());
        }
    }
}
