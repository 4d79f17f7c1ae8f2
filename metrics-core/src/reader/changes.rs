//! What came since a reader looked last, at a cost that follows what changed.

use crate::descriptor::{Descriptor, MetricType, ValueType};
use crate::family::Family;
use crate::joined::Joined;
use crate::key::Labels;
use crate::number::Number;
use crate::observe::run_callbacks;
use crate::read::{Reading, View, histogram, read};
use crate::registry;
use crate::series::{Series, SeriesId};
use crate::snapshot::{MetricSnapshot, Value};

use super::{Collecting, Reader, collecting, warn_of_news};

/// What came since a reader's last [`changes`](Reader::changes).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Metrics in which something changed, typed ones first. Several definitions of one metric come
    /// apart from each other.
    pub metrics: Vec<MetricChanges>,
}

/// What came in one metric.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetricChanges {
    /// What is known of it.
    pub descriptor: &'static Descriptor,
    /// Its series that changed; of a gauge all that have a value.
    pub series: Vec<SeriesChange>,
    /// Its series that changed before and are removed now.
    pub removed: Vec<SeriesId>,
}

/// What came in one series.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeriesChange {
    /// Tells the series from all others of the process.
    pub id: SeriesId,
    /// Of a counter or an up-down counter the difference, of a gauge its value, of a histogram what
    /// was recorded in the interval. The first time, a sum is there even if it is zero.
    pub value: Value,
    series: Series,
}

impl SeriesChange {
    /// Its labels; `None` if the series was removed meanwhile.
    ///
    /// Asked for only when it is needed: making them costs more than reading a sum.
    #[must_use]
    pub fn labels(&self) -> Option<Labels> {
        let labels = self.series.labels();
        // In this order: see `Series::snapshot`.
        self.series.is_current().then_some(labels)
    }
}

/// What a reader knows of the series of one family that are no histograms, in the order in which
/// they are visited: series keep their places, only the overflow series comes last.
#[derive(Debug, Default)]
pub(super) struct Places {
    series: Vec<Place>,
    overflow: Place,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The series that was there, if anything was recorded in it.
    id: Option<SeriesId>,
    /// What it held.
    seen: u64,
    /// What the differences handed out add up to, added as whoever gets them adds them: for floats
    /// that can be another last bit, and must not become more over time.
    sent: u64,
}

impl Reader {
    /// What came since this reader's last call, in the metrics that are `wanted`; what comes in
    /// others waits until they are.
    ///
    /// For back ends that hand differences on: 10,000 series of which few changed cost a fraction of
    /// a snapshot. A reader is for this or for [`collect`](Self::collect), not for both.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{MetricType, Reader, Value, attributes, record_metric};
    ///
    /// let reader = Reader::new();
    /// let add = |n: u64, key: &'static str| {
    ///     record_metric("letters", n, MetricType::Counter, attributes!("to" => key)).unwrap();
    /// };
    /// add(3, "ann");
    /// add(4, "bob");
    /// assert_eq!(reader.changes(|_| true).metrics[0].series.len(), 2);
    ///
    /// add(5, "bob");
    /// let changes = reader.changes(|metric| metric.name() == "letters");
    /// let [bob] = &*changes.metrics[0].series else { panic!("only one changed") };
    /// assert_eq!(bob.value, Value::F64(5.0));
    /// assert_eq!(bob.labels().unwrap().to_string(), "to=bob");
    /// ```
    #[must_use]
    pub fn changes(&self, wanted: impl Fn(&'static Descriptor) -> bool) -> Changes {
        run_callbacks(&wanted);
        let mut families = registry::families();
        families.retain(|family| wanted(family.descriptor()));
        let mut changes = Changes::default();
        let mut dropped = Joined::default();
        let mut all = collecting();
        let view = View::everything();
        for &family in &families {
            let descriptor = family.descriptor();
            let none =
                MetricSnapshot { descriptor, series: Vec::new(), dropped: family.dropped.read() };
            dropped.push(family, none);
            let mut metric = MetricChanges::none(descriptor);
            match descriptor.metric_type() {
                MetricType::Histogram => all.histograms(self.0, family, &view, &mut metric),
                _ => all.numbers(self.0, family, &view, &mut metric),
            }
            if !(metric.series.is_empty() && metric.removed.is_empty()) {
                changes.metrics.push(metric);
            }
        }
        let visited = |family: &'static Family| families.iter().any(|f| std::ptr::eq(*f, family));
        for (family, id) in all.forget_removed(self.0, visited) {
            changes.of(family.descriptor()).removed.push(id);
        }
        drop(all);
        // Outside the lock, as in `collect`.
        warn_of_news(&dropped);
        changes
    }
}

impl Changes {
    fn of(&mut self, descriptor: &'static Descriptor) -> &mut MetricChanges {
        let of = |metric: &MetricChanges| std::ptr::eq(metric.descriptor, descriptor);
        let at = self.metrics.iter().position(of).unwrap_or_else(|| {
            self.metrics.push(MetricChanges::none(descriptor));
            self.metrics.len() - 1
        });
        &mut self.metrics[at]
    }
}

impl MetricChanges {
    fn none(descriptor: &'static Descriptor) -> Self {
        Self { descriptor, series: Vec::new(), removed: Vec::new() }
    }
}

impl Collecting {
    fn histograms(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
        changes: &mut MetricChanges,
    ) {
        family.for_each_series(|series| {
            let Some(totals) = histogram(series, view, true) else { return };
            // Removed since it was found: what was read may be of what came after.
            if !series.is_current() {
                return;
            }
            if let Some(interval) = self.interval(reader, series, &totals) {
                let value = Value::Histogram(interval);
                changes.series.push(SeriesChange { id: series.id(), value, series });
            }
        });
    }

    /// Sums and gauges.
    fn numbers(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
        changes: &mut MetricChanges,
    ) {
        let Some(progress) = self.readers.iter_mut().find(|p| p.reader == reader) else { return };
        let places = progress.numbers.entry(std::ptr::from_ref(family).addr()).or_default();
        let descriptor = family.descriptor();
        let mut at = 0;
        family.for_each_series(|series| {
            let place = if family.is_overflow(series.block) {
                &mut places.overflow
            } else {
                if places.series.len() == at {
                    places.series.push(Place::default());
                }
                at += 1;
                &mut places.series[at - 1]
            };
            // Not if it was removed since it was found: it may be of what came after.
            let reading = read(series, view).filter(|_| series.is_current());
            let id = series.id();
            if let Some(old) = place.id.filter(|old| *old != id) {
                changes.removed.push(old);
                *place = Place::default();
            }
            let Some(Reading::Number(now)) = reading else { return };
            if let Some(bits) = place.advance(id, now, descriptor) {
                let value = Value::new(descriptor, Reading::Number(bits));
                changes.series.push(SeriesChange { id, value, series });
            }
        });
    }
}

impl Place {
    /// What to hand out when the series holds `now`.
    fn advance(&mut self, id: SeriesId, now: u64, descriptor: &'static Descriptor) -> Option<u64> {
        if descriptor.metric_type() == MetricType::Gauge {
            self.id = Some(id);
            return Some(now);
        }
        let is_new = self.id.replace(id).is_none();
        if std::mem::replace(&mut self.seen, now) == now && !is_new {
            return None;
        }
        let only_grows = descriptor.metric_type() == MetricType::Counter;
        match descriptor.value_type() {
            ValueType::U64 => self.send::<u64>(now, false),
            ValueType::I64 => self.send::<i64>(now, false),
            ValueType::F64 => self.send::<f64>(now, only_grows && !is_new),
        }
    }

    fn send<T: Number>(&mut self, now: u64, only_grows: bool) -> Option<u64> {
        let sent = T::from_bits(self.sent);
        let change = T::from_bits(now).minus(sent);
        // The last bit of what was sent can be above what there is.
        if only_grows && change <= T::ZERO {
            return None;
        }
        self.sent = sent.plus(change).to_bits();
        Some(change.to_bits())
    }
}
