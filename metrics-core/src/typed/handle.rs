//! Handles: a metric's constructor returns one, with only the operations of the metric's kind.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use super::any_number::FromAny;
use super::value::{CounterValue, GaugeValue, HistogramValue, UpDownValue};
use crate::cells::adjustment::Adjustment;
use crate::clock;
use crate::collect::observation::{Observation, observe_series};
use crate::collect::remove::remove;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::unit::{NotTime, TimeUnit};
use crate::store::series::Series;
use crate::store::state::Life;

/// The kinds of metrics, as types. They distinguish a [`Counter`] from a [`Gauge`].
pub mod kind {
    use std::marker::PhantomData;

    use crate::rules::unit::NotTime;

    /// A sum of `T` in unit `U` that only grows.
    #[derive(Debug)]
    pub struct Counter<T, U = NotTime>(PhantomData<(T, U)>);

    /// A sum of `T` in unit `U` that grows and shrinks.
    #[derive(Debug)]
    pub struct UpDownCounter<T, U = NotTime>(PhantomData<(T, U)>);

    /// A value of `T` in unit `U` that is set; the last value counts.
    #[derive(Debug)]
    pub struct Gauge<T, U = NotTime>(PhantomData<(T, U)>);

    /// States of which one is current.
    #[derive(Debug)]
    pub struct State<S>(PhantomData<S>);

    /// Labels that are a fact.
    #[derive(Debug)]
    pub struct Info(());

    /// A distribution of values of `T` in unit `U`.
    #[derive(Debug)]
    pub struct Histogram<U = NotTime, T = f64>(PhantomData<(U, T)>);
}

/// One series of a metric: 16 bytes, `Copy`, and valid for ever.
///
/// A constructor such as `ShopMetrics::request_count("/", 200)` returns one. Use it at once, or
/// keep it if you record the same labels again and again: a kept handle saves the lookup of the
/// series.
///
/// The kind `K` determines the operations. Use the names [`Counter`], [`UpDownCounter`], [`Gauge`],
/// [`Histogram`], [`State`](crate::State) and [`Info`](crate::Info).
#[must_use = "a handle records nothing by itself"]
pub struct Handle<K> {
    series: Series,
    kind: PhantomData<fn() -> K>,
}

/// A sum that only grows, in `u64` or `f64`. `U` is the unit, if it is a unit of time.
pub type Counter<T = u64, U = NotTime> = Handle<kind::Counter<T, U>>;

/// A sum that grows and shrinks, in `i64` or `f64`. `U` is the unit, if it is a unit of time.
pub type UpDownCounter<T = i64, U = NotTime> = Handle<kind::UpDownCounter<T, U>>;

/// A value that is set, in `f64`, `i64` or `u64`; the last value counts. `U` is the unit, if it is
/// a unit of time.
pub type Gauge<T = f64, U = NotTime> = Handle<kind::Gauge<T, U>>;

/// A distribution of values. `U` is the unit, if it is a unit of time. `T` is `f64`, or `u64` for
/// whole numbers.
pub type Histogram<U = NotTime, T = f64> = Handle<kind::Histogram<U, T>>;

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

    /// The descriptor of the metric.
    #[must_use]
    pub fn descriptor(&self) -> &'static Descriptor {
        self.series.descriptor()
    }

    /// Removes the series. Each reader reports the last values of a counter or a histogram
    /// [once](crate::MetricSnapshot::removed). After that, the series is no longer exported.
    ///
    /// A later measurement with the same labels, also through an existing handle, starts a new
    /// series at zero. A removed series makes room for another one under the series limit. If
    /// several crates define the metric, the series is removed in each definition.
    pub fn remove(self) {
        remove(self.series);
    }
}

impl<T: Number, U> Counter<T, U> {
    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.series.add(T::ONE);
    }

    /// Adds `n`: a number, or a [`Duration`] if the unit is a unit of time. A negative number, and
    /// an infinite or NaN `f64`, is dropped and counted as dropped.
    #[inline(always)]
    pub fn add(self, n: impl CounterValue<T, U>) {
        match n.increment() {
            Ok(n) if !n.is_finite() => self.series.drop_for(DropReason::NotFinite),
            Ok(n) if n < T::ZERO => self.series.drop_for(DropReason::Negative),
            Ok(n) => self.series.add(n),
            Err(reason) => self.series.drop_for(reason),
        }
    }

    /// Reads a total that other code counts, at every collection from now on, until the returned
    /// guard is dropped. `total` returns the total since its start; a total that falls has started
    /// again.
    ///
    /// The observed total stays counted afterwards.
    pub fn observe<V: CounterValue<T, U>>(
        self,
        total: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || total().increment())
    }
}

impl<T: Number, U> UpDownCounter<T, U> {
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

    /// Adds `n`, which may be negative: a number, or a [`Duration`] if the unit is a unit of time.
    /// An infinite or NaN `f64` is dropped, and counted as dropped.
    #[inline(always)]
    pub fn add(self, n: impl UpDownValue<T, U>) {
        let n = n.change();
        if n.is_finite() {
            self.series.add(n);
        } else {
            self.series.drop_for(DropReason::NotFinite);
        }
    }

    /// Adds 1 now, and subtracts 1 when the returned guard is dropped.
    #[inline]
    pub fn enter(self) -> Entered<T> {
        let (series, life) = self.series.add_counted(T::ONE);
        Entered { series, life, number: PhantomData }
    }

    /// Reads a sum that other code keeps, at every collection from now on, until the returned guard
    /// is dropped. Then the observed sum is subtracted again.
    pub fn observe<V: UpDownValue<T, U>>(
        self,
        sum: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || Ok(sum().change()))
    }
}

impl<T: Number, U> Gauge<T, U> {
    /// Sets the value: a number, or a [`Duration`] if the unit is a unit of time. A value that the
    /// gauge's type cannot hold (NaN and infinity in any gauge, a negative number in `u64`) is
    /// dropped, and counted as dropped.
    #[inline]
    pub fn set(self, value: impl GaugeValue<T, U>) {
        match value.gauge_value() {
            Ok(value) if value.is_finite() => self.series.set(value),
            Ok(_) => self.series.drop_for(DropReason::NotFinite),
            Err(reason) => self.series.drop_for(reason),
        }
    }

    /// Adds 1: see [`add`](Self::add).
    #[inline]
    pub fn inc(self) {
        self.series.adjust::<T>(Adjustment::Add(T::ONE.to_bits()));
    }

    /// Subtracts 1: see [`add`](Self::add).
    #[inline]
    pub fn dec(self) {
        self.series.adjust::<T>(Adjustment::Subtract(T::ONE.to_bits()));
    }

    /// Adds `n` to the value, as one step: nothing is lost if several threads add. A gauge without
    /// a value counts as zero.
    ///
    /// `n` is a number of either sign, or a [`Duration`] if the unit is a unit of time. NaN and
    /// infinity are dropped, and counted as dropped. A result beyond the limit of the gauge's type
    /// stops at the limit, and counts as one dropped measurement.
    ///
    /// In a [capture](crate::testing::capture), the capture's own value begins without a value. So
    /// the capture sees what the captured code has added, and not what the gauge held before.
    #[inline]
    pub fn add(self, n: impl GaugeValue<T, U>) {
        self.adjust(n.addition());
    }

    /// Subtracts `n` from the value: see [`add`](Self::add).
    #[inline]
    pub fn sub(self, n: impl GaugeValue<T, U>) {
        self.adjust(n.addition().map(Adjustment::reversed));
    }

    /// Sets the value, unless it is larger already. A gauge without a value gets this one, also in
    /// a [capture](crate::testing::capture), which does not see what the gauge held before.
    #[inline]
    pub fn set_max(self, value: impl GaugeValue<T, U>) {
        self.adjust(value.gauge_value().and_then(finite).map(Adjustment::AtLeast));
    }

    /// Sets the value, unless it is smaller already: see [`set_max`](Self::set_max).
    #[inline]
    pub fn set_min(self, value: impl GaugeValue<T, U>) {
        self.adjust(value.gauge_value().and_then(finite).map(Adjustment::AtMost));
    }

    #[inline]
    fn adjust(self, adjustment: Result<Adjustment, DropReason>) {
        match adjustment {
            Ok(adjustment) => self.series.adjust::<T>(adjustment),
            Err(reason) => self.series.drop_for(reason),
        }
    }

    /// Sets the value to the time of day: the time since the Unix epoch, in the gauge's unit. A
    /// gauge of integers is set to the whole units that have passed.
    ///
    /// Only a gauge whose unit is a unit of time has this operation.
    pub fn set_to_now(self)
    where
        U: TimeUnit,
        T: FromAny,
    {
        self.series.set(T::passed::<U>(Duration::from_nanos(clock::now())));
    }

    /// Reads the value at every collection from now on, until the returned guard is dropped. Then
    /// the series is removed.
    pub fn observe<V: GaugeValue<T, U>>(
        self,
        value: impl Fn() -> V + Send + Sync + 'static,
    ) -> Observation {
        observe_series::<T>(self.series, move || value().gauge_value())
    }
}

impl<U, T> Histogram<U, T> {
    /// Records a value: any number, or a [`Duration`] if the unit is a unit of time. NaN and
    /// infinity are dropped, and counted as dropped. So are negative numbers in a histogram of
    /// `u64`.
    ///
    /// A histogram of `u64` takes no floats. A `Duration` is rounded to the nearest whole number.
    #[inline(always)]
    pub fn record(self, value: impl HistogramValue<U, T>) {
        self.series.record(value.histogram_value());
    }

    /// Records a value `n` times, at the cost of one record. With `n = 0`, nothing is recorded.
    ///
    /// A handler that passes the values on to an OpenTelemetry SDK hands over each of them, because
    /// the SDK takes single values. So its collection takes time in proportion to `n`. Counts wrap
    /// at 2<sup>64</sup>.
    pub fn record_many(self, value: impl HistogramValue<U, T>, n: u64) {
        self.series.record_many(value.histogram_value(), n);
    }

    /// Starts a timer, which records the elapsed time when it is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<U, T>
    where
        U: TimeUnit,
        T: FromAny,
    {
        Timer { histogram: Some(self), start: Instant::now() }
    }

    /// Calls `f` and records the elapsed time, also if `f` panics.
    #[inline]
    pub fn time<R>(self, f: impl FnOnce() -> R) -> R
    where
        U: TimeUnit,
        T: FromAny,
    {
        let _timer = self.start_timer();
        f()
    }
}

/// The bits of a finite number.
#[inline(always)]
fn finite<T: Number>(value: T) -> Result<u64, DropReason> {
    if value.is_finite() { Ok(value.to_bits()) } else { Err(DropReason::NotFinite) }
}

/// Counts as 1 in an up-down counter until it is dropped. [`enter`](Handle::enter) returns it.
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, and it counts for nothing"]
#[derive(Debug)]
pub struct Entered<T: Number = i64> {
    series: Series,
    number: PhantomData<fn() -> T>,
    /// When the 1 was counted. A removal of the series since then has forgotten the 1 already.
    life: Life,
}

impl<T: Number> Drop for Entered<T> {
    #[inline]
    fn drop(&mut self) {
        self.series.add_in(self.life, T::ZERO.minus(T::ONE));
    }
}

/// Records the elapsed time when it is dropped, also by a panic or a cancelled future.
/// [`start_timer`](Handle::start_timer) returns it.
#[must_use = "keep it: `let _timer = …`; `let _ = …` drops it at once, and it records no time"]
#[derive(Debug)]
pub struct Timer<U: TimeUnit, T: FromAny = f64> {
    histogram: Option<Histogram<U, T>>,
    start: Instant,
}

impl<U: TimeUnit, T: FromAny> Timer<U, T> {
    /// Records the elapsed time now, and returns it.
    pub fn stop(mut self) -> Duration {
        let elapsed = self.start.elapsed();
        if let Some(histogram) = self.histogram.take() {
            histogram.record(elapsed);
        }
        elapsed
    }

    /// Drops the timer without recording.
    pub fn discard(mut self) {
        self.histogram = None;
    }
}

impl<U: TimeUnit, T: FromAny> Drop for Timer<U, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(histogram) = self.histogram {
            histogram.record(self.start.elapsed());
        }
    }
}
