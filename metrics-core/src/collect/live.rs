//! The metrics, read one series after the other without a snapshot.

use std::fmt;
use std::time::SystemTime;

use super::expiry::look_for_expired;
use super::fold::fold_ended;
use super::joined;
use super::merge::MergedMetrics;
use super::progress::lock_readers;
use super::registry;
use super::snapshot::MetricSnapshot;
use super::warn::warn_of_news;
use crate::cells::change::Reading;
use crate::cells::totals::Totals;
use crate::labels::set::Labels;
use crate::labels::value::LabelRef;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;
use crate::store::family::Family;
use crate::store::key::fixed_label;
use crate::store::read::{View, add_histogram, read};
use crate::store::series::Series;
use crate::store::value::Value;

/// All metrics while they are read.
///
/// For back ends that write values as they read them. In contrast to a snapshot, nothing is
/// allocated for each series, and several definitions of one metric are separate entries.
#[doc(hidden)]
pub struct Live<'a> {
    families: &'a [&'static Family],
    view: &'a View<'a>,
    totals: Totals,
}

/// One series while it is read.
#[doc(hidden)]
#[derive(Debug)]
pub struct LiveSeries<'a> {
    labels: LiveLabels,
    /// The value.
    pub value: LiveValue<'a>,
    /// When the series was created: see [`SeriesSnapshot`](crate::SeriesSnapshot::created).
    pub created: SystemTime,
}

/// The value of a series.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum LiveValue<'a> {
    U64(u64),
    I64(i64),
    F64(f64),
    Histogram { sum: f64, min: f64, buckets: &'a [u64] },
}

/// The labels of a series.
#[derive(Debug)]
enum LiveLabels {
    /// They are made from the position of the series.
    Fixed(Series),
    Kept(Labels),
}

impl fmt::Debug for Live<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("families", &self.families).finish_non_exhaustive()
    }
}

impl LiveSeries<'_> {
    /// The names and values, in the order of the metric's definition.
    pub fn labels(&self) -> impl Iterator<Item = (&str, LabelRef<'_>)> {
        let (fixed, kept) = match &self.labels {
            LiveLabels::Fixed(series) => (Some(*series), None),
            LiveLabels::Kept(labels) => (None, Some(labels)),
        };
        let kept = kept.into_iter().flat_map(Labels::iter);
        let kept = kept.map(|(name, value)| (name, value.as_ref()));
        let fixed = fixed.into_iter().flat_map(|series| {
            let labels = series.descriptor().labels();
            let value = move |number| fixed_label(labels, number, series.position());
            labels.iter().enumerate().map(move |(number, label)| (label.name(), value(number)))
        });
        fixed.chain(kept)
    }
}

impl Live<'_> {
    /// The definitions of all metrics. The place of a definition is its number.
    pub fn metrics(&self) -> impl ExactSizeIterator<Item = &'static Descriptor> {
        self.families.iter().map(|family| family.descriptor())
    }

    /// The number of series that the definition with this number has at most.
    #[must_use]
    pub fn most_series(&self, number: usize) -> usize {
        let mut count = 0;
        self.families[number].for_each_series(|_| count += 1);
        count
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
        let Self { families, view, totals } = self;
        let descriptor = families[number].descriptor();
        families[number].for_each_series(|series| {
            series.settle();
            let value = if descriptor.metric_type() == MetricType::Histogram {
                totals.clear(descriptor.boundaries().len());
                if !add_histogram(series, view, totals) || totals.count() == 0 {
                    return;
                }
                let (sum, min) = (totals.sum.value(), totals.extremes.min);
                LiveValue::Histogram { sum, min, buckets: &totals.buckets }
            } else {
                let Some(Reading::Number(bits)) = read(series, view) else { return };
                match Value::from_bits(bits, descriptor.value_type()) {
                    Value::I64(value) => LiveValue::I64(value),
                    Value::F64(value) => LiveValue::F64(value),
                    // The bits of an integer are the integer.
                    _ => LiveValue::U64(bits),
                }
            };
            let (labels, created) = (LiveLabels::of(series), series.created());
            // As in a snapshot: if the series was recycled meanwhile, the labels may be later ones.
            if series.is_current() {
                f(&LiveSeries { labels, value, created });
            }
        });
    }
}

impl LiveLabels {
    fn of(series: Series) -> Self {
        // Blocks of fixed labels keep none, except the overflow series.
        match series.block.labels() {
            Some(labels) => Self::Kept(labels),
            None => Self::Fixed(series),
        }
    }
}

/// Calls `f` with all metrics. Other readers wait until `f` is done; recording does not.
///
/// No callback is called.
#[doc(hidden)]
pub fn read_live<R>(f: impl FnOnce(&mut Live<'_>) -> R) -> R {
    let families = registry::families();
    let mut readers = lock_readers();
    joined::sweep();
    fold_ended(&mut readers);
    look_for_expired(&families, &mut readers);
    let mut dropped = MergedMetrics::default();
    for (family, counts) in families.iter().zip(families.iter().map(|f| f.dropped().read())) {
        let metric = MetricSnapshot::new(family.descriptor());
        dropped.push(family, MetricSnapshot { dropped: counts, ..metric });
    }
    let view = View::everything();
    let result = f(&mut Live { families: &families, view: &view, totals: Totals::new(0) });
    drop(readers);
    // Outside the lock, as for a snapshot.
    warn_of_news(&dropped);
    result
}
