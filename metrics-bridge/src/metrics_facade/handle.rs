//! The handles of series.

use std::sync::OnceLock;

use metrics::{CounterFn, GaugeFn, HistogramFn, Key};
use typed_metrics_core::label::Element;
use typed_metrics_core::{GivenAttributes, LabelRef, ScopedMetric, ScopedSeries};

use super::total::Total;

/// The labels of a key.
struct Given<'a>(&'a Key);

impl GivenAttributes for Given<'_> {
    #[inline]
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        self.0.labels().map(|label| (label.key(), LabelRef::Str(label.value())))
    }

    fn list(&self, _: usize, _: &mut dyn FnMut(Element<'_>)) {}
}

/// A series of a metric. If the series is removed, the next measurement brings it back.
pub(super) struct Handle {
    metric: ScopedMetric,
    key: Key,
    /// Not current if the series was removed, or if there was no room for it.
    series: ScopedSeries,
}

impl Handle {
    pub(super) fn new(metric: ScopedMetric, key: &Key) -> Self {
        let key = key.to_retained();
        let series = metric.series(&Given(&key));
        Self { metric, key, series }
    }

    #[inline]
    fn current(&self) -> Option<ScopedSeries> {
        Some(self.series).filter(|series| series.is_current())
    }

    #[inline]
    fn add(&self, n: u64) {
        if !self.series.add_fast(n) {
            self.add_slowly(n);
        }
    }

    #[cold]
    #[inline(never)]
    fn add_slowly(&self, n: u64) {
        match self.current() {
            Some(series) => series.add(n),
            None => self.metric.add(n, &Given(&self.key)),
        }
    }

    fn adjust(&self, n: f64) {
        match self.current() {
            Some(series) => series.adjust(n),
            None => self.metric.adjust(n, &Given(&self.key)),
        }
    }
}

/// A series of a counter.
pub(super) struct CounterHandle {
    handle: Handle,
    /// The total that something else counts, if `absolute` was called.
    total: OnceLock<Total>,
}

impl CounterHandle {
    pub(super) fn new(metric: ScopedMetric, key: &Key) -> Self {
        Self { handle: Handle::new(metric, key), total: OnceLock::new() }
    }
}

impl CounterFn for CounterHandle {
    #[inline]
    fn increment(&self, n: u64) {
        self.handle.add(n);
    }

    fn absolute(&self, total: u64) {
        let known = self.total.get_or_init(|| Total::of(&self.handle.key));
        self.handle.add(known.rise_to(total));
    }
}

impl GaugeFn for Handle {
    fn increment(&self, n: f64) {
        self.adjust(n);
    }

    fn decrement(&self, n: f64) {
        self.adjust(-n);
    }

    #[inline]
    fn set(&self, value: f64) {
        match self.current() {
            Some(series) => series.set(value),
            None => self.metric.set(value, &Given(&self.key)),
        }
    }
}

impl HistogramFn for Handle {
    #[inline]
    fn record(&self, value: f64) {
        match self.current() {
            Some(series) => series.record(value),
            None => self.metric.record(value, &Given(&self.key)),
        }
    }

    fn record_many(&self, value: f64, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        match self.current() {
            Some(series) => series.record_many(value, count),
            None => self.metric.record_many(value, count, &Given(&self.key)),
        }
    }
}
