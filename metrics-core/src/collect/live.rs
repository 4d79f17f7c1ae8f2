//! The metrics, read one series after the other without a snapshot.

use std::fmt;
use std::time::SystemTime;

use super::exemplars::exemplar::Exemplar;
use super::exemplars::kept::ByCell;
use super::expiry::look_for_expired;
use super::fold::fold_ended;
use super::joined;
use super::merge::MergedMetrics;
use super::progress::lock_readers;
use super::reader::series_of;
use super::registry;
use super::series_labels::{HeldLabels, SeriesLabels};
use super::shown::OldNames;
use super::snapshot::{MetricSnapshot, SeriesSnapshot};
use super::warn::warn_of_news;
use crate::cells::change::Reading;
use crate::cells::exponential::buckets::ExponentialBuckets;
use crate::cells::grid::Grid;
use crate::cells::totals::Totals;
use crate::labels::value::LabelRef;
use crate::metric::descriptor::Descriptor;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::read::{View, add_histogram, read};
use crate::store::value::{HistogramSnapshot, Value};

/// All metrics while they are read.
///
/// For back ends that write values as they read them. In contrast to a snapshot, nothing is
/// allocated for each series, and several definitions of one metric are separate entries. States,
/// infos and metrics with an old name are read before.
#[doc(hidden)]
pub struct Live<'a> {
    metrics: Vec<LiveMetric>,
    view: &'a View<'a>,
    exemplars: &'a ByCell,
    totals: Totals,
}

/// One definition, or a metric that readers show in another form than it is stored.
#[derive(Debug)]
enum LiveMetric {
    Stored(&'static Family),
    Shown(MetricSnapshot),
}

/// One series while it is read.
#[doc(hidden)]
#[derive(Debug)]
pub struct LiveSeries<'a> {
    labels: &'a HeldLabels,
    /// The value.
    pub value: LiveValue<'a>,
    /// When the series was created: see [`SeriesSnapshot`](crate::SeriesSnapshot::created).
    pub created: SystemTime,
    /// The last exemplars: see [`SeriesSnapshot`](crate::SeriesSnapshot::exemplars).
    pub exemplars: &'a [Exemplar],
}

/// The value of a series.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum LiveValue<'a> {
    U64(u64),
    I64(i64),
    F64(f64),
    Histogram {
        sum: f64,
        min: f64,
        buckets: &'a [u64],
        /// Some if the histogram is exponential: then `buckets` has one bucket.
        exponential: Option<&'a ExponentialBuckets>,
    },
}

impl fmt::Debug for Live<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}

impl LiveSeries<'_> {
    /// The names and values, in the order of the metric's definition.
    pub fn labels(&self) -> impl Iterator<Item = (&str, LabelRef<'_>)> {
        self.labels.iter()
    }
}

impl Live<'_> {
    /// The definitions of all metrics. The place of a definition is its number.
    pub fn metrics(&self) -> impl ExactSizeIterator<Item = &'static Descriptor> {
        self.metrics.iter().map(|metric| match metric {
            LiveMetric::Stored(family) => family.descriptor(),
            LiveMetric::Shown(metric) => metric.descriptor,
        })
    }

    /// The number of series that the definition with this number has at most.
    #[must_use]
    pub fn most_series(&self, number: usize) -> usize {
        match &self.metrics[number] {
            LiveMetric::Stored(family) => {
                let mut count = 0;
                family.for_each_series(|_| count += 1);
                count
            }
            LiveMetric::Shown(metric) => metric.series.len(),
        }
    }

    /// Whether anything was recorded in the definition with this number.
    pub fn is_recorded(&mut self, number: usize) -> bool {
        let mut is_recorded = false;
        self.for_each_series(number, |_| is_recorded = true);
        is_recorded
    }

    /// Calls `f` with each series of the definition with this number in which anything was
    /// recorded, in the order of their creation.
    pub fn for_each_series(&mut self, number: usize, mut f: impl FnMut(&LiveSeries<'_>)) {
        let Self { metrics, view, exemplars, totals } = self;
        let family = match &metrics[number] {
            LiveMetric::Stored(family) => family,
            LiveMetric::Shown(metric) => {
                return metric.series.iter().for_each(|series| visit_shown(series, &mut f));
            }
        };
        let descriptor = family.descriptor();
        family.for_each_series(|series| {
            series.settle();
            let number;
            let value = if descriptor.metric_type() == MetricType::Histogram {
                totals.clear(descriptor.grid());
                if !add_histogram(series, view, totals) || totals.count() == 0 {
                    return;
                }
                let (sum, min) = (totals.sum.value(), totals.extremes.min);
                let (buckets, exponential) = (&*totals.buckets, totals.exponential.as_deref());
                LiveValue::Histogram { sum, min, buckets, exponential }
            } else {
                let Some(Reading::Number(bits)) = read(series, view) else { return };
                number = Value::from_bits(bits, descriptor.value_type());
                LiveValue::of(&number)
            };
            let (labels, created) = (&SeriesLabels::of(series).held(), series.created());
            let exemplars = &exemplars.of(series);
            // As in a snapshot: if the series was recycled meanwhile, the labels may be later ones.
            if series.is_current() {
                f(&LiveSeries { labels, value, created, exemplars });
            }
        });
    }
}

fn visit_shown(series: &SeriesSnapshot, f: &mut impl FnMut(&LiveSeries<'_>)) {
    let labels = &HeldLabels::Kept(series.labels.clone());
    let SeriesSnapshot { value, created, exemplars, .. } = series;
    f(&LiveSeries { labels, value: LiveValue::of(value), created: *created, exemplars });
}

impl<'a> LiveValue<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::U64(value) => Self::U64(*value),
            Value::I64(value) => Self::I64(*value),
            Value::F64(value) => Self::F64(*value),
            Value::Histogram(HistogramSnapshot { sum, min, buckets, exponential, .. }) => {
                let exponential = exponential.as_deref();
                Self::Histogram { sum: *sum, min: *min, buckets, exponential }
            }
        }
    }
}

/// Calls `f` with all metrics. Other readers wait until `f` is done; recording does not.
///
/// No callback is called.
#[doc(hidden)]
pub fn read_live<R>(f: impl FnOnce(&mut Live<'_>) -> R) -> R {
    let families = registry::families();
    let old_names = OldNames::of(&families);
    let mut readers = lock_readers();
    joined::sweep();
    fold_ended(&mut readers);
    readers.exemplars.end_interval();
    look_for_expired(&families, &mut readers);
    let dropped = MergedMetrics::dropped(&families);
    let view = View::everything();
    let exemplars = readers.exemplars.take(None);
    let mut metrics = Vec::with_capacity(families.len());
    let mut shown = MergedMetrics::default();
    for family in families {
        let descriptor = family.descriptor();
        if descriptor.is_state_or_info() || old_names.get(descriptor).is_some() {
            let series = series_of(family, None, &view, &mut readers, &exemplars);
            shown.push(family, MetricSnapshot { series, ..MetricSnapshot::new(descriptor) });
        } else {
            metrics.push(LiveMetric::Stored(family));
        }
    }
    metrics.extend(old_names.shown(shown).map(LiveMetric::Shown));
    let result = f(&mut Live {
        metrics,
        view: &view,
        exemplars: &exemplars,
        totals: Totals::new(Grid::Explicit(&[])),
    });
    drop(readers);
    // Outside the lock, as for a snapshot.
    warn_of_news(&dropped);
    result
}
