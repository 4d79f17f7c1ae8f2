//! A metric of a scope: recording in it.

use std::sync::OnceLock;

use crate::cells::adjustment::Adjustment;
use crate::collect::observed_series::{Observations, SeriesObserver};
use crate::labels::given::GivenAttributes;
use crate::locks::get_or_init;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::series::Series;

/// A metric that a foreign API has registered. The values of each call have the type of the metric.
///
/// A value that cannot be recorded is dropped and counted, by [`DropReason`].
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct ScopedMetric {
    family: &'static Family,
    /// The series without attributes, once it was used: finding it takes longer than recording.
    alone: &'static OnceLock<Series>,
    /// If callbacks observe the metric.
    observer: Option<&'static SeriesObserver>,
}

/// A series of a [`ScopedMetric`], for measurements without a lookup.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct ScopedSeries(Series);

impl ScopedMetric {
    pub(super) fn new(family: &'static Family, observer: Option<&'static SeriesObserver>) -> Self {
        Self { family, alone: Box::leak(Box::default()), observer }
    }

    pub(super) fn family(self) -> &'static Family {
        self.family
    }

    pub(super) fn is_observed(self) -> bool {
        self.observer.is_some()
    }

    /// The descriptor of the metric.
    #[must_use]
    pub fn descriptor(self) -> &'static Descriptor {
        self.family.descriptor()
    }

    /// Adds to a sum.
    #[inline]
    pub fn add<N: Number>(self, n: N, attributes: &impl GivenAttributes) {
        if self.can_add(n) {
            self.find(attributes).add(n);
        }
    }

    /// Sets a gauge.
    #[inline]
    pub fn set<N: Number>(self, value: N, attributes: &impl GivenAttributes) {
        if value.is_finite() {
            self.find(attributes).set(value);
        } else {
            self.drop_for(DropReason::NotFinite);
        }
    }

    /// Adds to a gauge of `f64`.
    #[inline]
    pub fn adjust(self, n: f64, attributes: &impl GivenAttributes) {
        if n.is_finite() {
            self.find(attributes).adjust::<f64>(addition(n));
        } else {
            self.drop_for(DropReason::NotFinite);
        }
    }

    /// Records in a histogram.
    #[inline]
    pub fn record(self, value: f64, attributes: &impl GivenAttributes) {
        self.find(attributes).record(value);
    }

    /// Records in a histogram `count` times.
    pub fn record_many(self, value: f64, count: u64, attributes: &impl GivenAttributes) {
        self.find(attributes).record_many(value, count);
    }

    /// Adds the facts that the definition leaves empty. The first call counts.
    pub fn describe(self, unit: &str, description: &str) {
        self.descriptor().describe(unit, description);
    }

    /// The series with these attributes. If there is no room for it, so that its measurements are
    /// recorded in the overflow series, it is never current: there may be room later.
    #[must_use]
    pub fn series(self, attributes: &impl GivenAttributes) -> ScopedSeries {
        let series = self.find(attributes);
        ScopedSeries(if series.is_overflow() { series.never_current() } else { series })
    }

    /// Calls `observe` at the beginning of every collection, for ever. A series that no callback
    /// observes in a collection is removed.
    pub fn observe(self, observe: Box<dyn Fn(&Observations<'_>) + Send + Sync>) {
        if let Some(observer) = self.observer {
            observer.add(observe);
        }
    }

    #[inline(always)]
    fn find(self, attributes: &impl GivenAttributes) -> Series {
        if attributes.pairs().len() > 0 {
            return self.family.find_given(attributes).known_as_open();
        }
        match self.alone.get() {
            Some(series) if series.is_current() => series.known_as_open(),
            _ => self.find_alone(),
        }
    }

    /// Finds the series without attributes as any other. After it was removed, this is its path.
    #[inline(never)]
    fn find_alone(self) -> Series {
        let series = self.family.find_given(&());
        if self.alone.get().is_none() && !series.is_overflow() {
            get_or_init(self.alone, || series);
        }
        series
    }

    #[inline]
    fn can_add<N: Number>(self, n: N) -> bool {
        if !n.is_finite() {
            self.drop_for(DropReason::NotFinite);
        } else if n < N::ZERO && is_counter(self.descriptor()) {
            self.drop_for(DropReason::Negative);
        } else {
            return true;
        }
        false
    }

    #[cold]
    fn drop_for(self, reason: DropReason) {
        self.family.dropped().note(reason);
    }
}

fn addition(n: f64) -> Adjustment {
    let amount = n.abs().to_bits();
    if n < 0.0 { Adjustment::Subtract(amount) } else { Adjustment::Add(amount) }
}

fn is_counter(metric: &Descriptor) -> bool {
    metric.metric_type() == MetricType::Counter
}

impl ScopedSeries {
    /// Whether there was room for the series, and it was not removed. Otherwise, the metric looks
    /// for it again.
    #[inline]
    #[must_use]
    pub fn is_current(self) -> bool {
        self.0.is_current()
    }

    /// Adds to a sum of `u64` if that takes the fast path; then the series was not removed. Returns
    /// whether it did.
    #[inline(always)]
    pub fn add_fast(self, n: u64) -> bool {
        self.0.add_to_open_run(n).is_some()
    }

    /// Adds to a sum.
    #[inline]
    pub fn add<N: Number>(self, n: N) {
        if !n.is_finite() {
            self.0.drop_for(DropReason::NotFinite);
        } else if n < N::ZERO && is_counter(self.0.descriptor()) {
            self.0.drop_for(DropReason::Negative);
        } else {
            self.0.known_as_open().add(n);
        }
    }

    /// Sets a gauge.
    #[inline]
    pub fn set<N: Number>(self, value: N) {
        if value.is_finite() {
            self.0.set(value);
        } else {
            self.0.drop_for(DropReason::NotFinite);
        }
    }

    /// Adds to a gauge of `f64`.
    #[inline]
    pub fn adjust(self, n: f64) {
        if n.is_finite() {
            self.0.adjust::<f64>(addition(n));
        } else {
            self.0.drop_for(DropReason::NotFinite);
        }
    }

    /// Records in a histogram.
    #[inline]
    pub fn record(self, value: f64) {
        self.0.known_as_open().record(value);
    }

    /// Records in a histogram `count` times.
    pub fn record_many(self, value: f64, count: u64) {
        self.0.record_many(value, count);
    }
}
