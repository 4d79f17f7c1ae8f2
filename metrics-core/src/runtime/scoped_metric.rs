//! A metric of a scope: recording in it.

use crate::collect::observed_series::{Observations, SeriesObserver};
use crate::labels::given::GivenAttributes;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::kind::MetricType;
use crate::number::Number;
use crate::store::family::Family;
use crate::store::series::Series;

/// A metric that a foreign API has registered. The values of each call have the type of the metric.
///
/// What cannot be recorded is dropped and counted, by [`DropReason`].
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct ScopedMetric {
    family: &'static Family,
    /// If callbacks observe the metric.
    observer: Option<&'static SeriesObserver>,
}

/// A series of a [`ScopedMetric`], for measurements without a lookup.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct ScopedSeries(Series);

impl ScopedMetric {
    pub(super) fn new(family: &'static Family, observer: Option<&'static SeriesObserver>) -> Self {
        Self { family, observer }
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
            self.family.find_given(attributes).known_as_open().add(n);
        }
    }

    /// Sets a gauge.
    #[inline]
    pub fn set<N: Number>(self, value: N, attributes: &impl GivenAttributes) {
        if value.is_finite() {
            self.family.find_given(attributes).set(value);
        } else {
            self.drop_for(DropReason::NotFinite);
        }
    }

    /// Records in a histogram.
    #[inline]
    pub fn record(self, value: f64, attributes: &impl GivenAttributes) {
        self.family.find_given(attributes).known_as_open().record(value);
    }

    /// The series with these attributes; `None` if there is no room for it, so that its
    /// measurements are recorded in the overflow series.
    #[must_use]
    pub fn series(self, attributes: &impl GivenAttributes) -> Option<ScopedSeries> {
        let series = self.family.find_given(attributes);
        (!series.is_overflow()).then_some(ScopedSeries(series))
    }

    /// Calls `observe` at the beginning of every collection, for ever. A series that no callback
    /// observes in a collection is removed.
    pub fn observe(self, observe: Box<dyn Fn(&Observations<'_>) + Send + Sync>) {
        if let Some(observer) = self.observer {
            observer.add(observe);
        }
    }

    #[inline]
    fn can_add<N: Number>(self, n: N) -> bool {
        let is_counter = self.descriptor().metric_type() == MetricType::Counter;
        if !n.is_finite() {
            self.drop_for(DropReason::NotFinite);
        } else if is_counter && n < N::ZERO {
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

impl ScopedSeries {
    /// Whether the series was not removed. If it was, the metric finds it again.
    #[inline]
    #[must_use]
    pub fn is_current(self) -> bool {
        self.0.is_current()
    }

    /// Adds to a sum.
    #[inline]
    pub fn add<N: Number>(self, n: N) {
        let is_counter = self.0.descriptor().metric_type() == MetricType::Counter;
        if !n.is_finite() {
            self.0.drop_for(DropReason::NotFinite);
        } else if is_counter && n < N::ZERO {
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

    /// Records in a histogram.
    #[inline]
    pub fn record(self, value: f64) {
        self.0.known_as_open().record(value);
    }
}
