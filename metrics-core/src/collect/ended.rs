//! Series that were removed, and that a reader has yet to report.

use std::time::SystemTime;

use hashbrown::HashTable;

use super::exemplars::exemplar::Exemplar;
use super::exemplars::kept::LastExemplars;
use super::snapshot::SeriesSnapshot;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::metric::series_id::SeriesId;
use crate::store::series::Series;
use crate::store::value::{Same, Value};

/// The removed series of one metric that a reader has yet to report.
///
/// Series with equal labels are one, whose values add up: a series may have been removed several
/// times. Beyond the series limit of the metric, series are added up under the labels of the
/// overflow series. So a reader that never collects fills no memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    pub(super) series: Vec<SeriesSnapshot>,
    by_labels: HashTable<usize>,
    /// The removed series among those that the reader reported before, and those in `series`.
    pub(super) removed: Vec<SeriesId>,
}

/// A series whose life ends.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) id: SeriesId,
    labels: Labels,
    created: SystemTime,
    last_recorded: Option<SystemTime>,
    exemplars: LastExemplars,
}

impl Ending {
    /// For a series before its life ends.
    pub(super) fn of(
        series: Series,
        last_recorded: Option<SystemTime>,
        exemplars: LastExemplars,
    ) -> Self {
        let (id, labels, created) = (series.id(), series.labels(), series.created());
        Self { id, labels, created, last_recorded, exemplars }
    }

    /// The series with its last value, for a reader.
    pub(super) fn with(&self, value: Value, reader: u64) -> SeriesSnapshot {
        let Self { id, ref labels, created, last_recorded, ref exemplars } = *self;
        let (labels, exemplars) = (labels.clone(), exemplars.of(reader));
        SeriesSnapshot { id, labels, value, created, last_recorded, exemplars }
    }
}

impl Ended {
    /// Adds a series, under the labels `overflow` if there are `limit` others. Returns whether it
    /// is an entry of its own, under its own id.
    pub(super) fn push(
        &mut self,
        series: SeriesSnapshot,
        limit: usize,
        overflow: impl FnOnce() -> Labels,
    ) -> bool {
        let (hash, found) = self.find(&series.labels);
        if found.is_none() && self.series.len() < limit {
            self.insert(hash, series);
            return true;
        }
        if let Some(index) = found {
            self.series[index].add(series);
            return false;
        }
        let labels = overflow();
        let (hash, found) = self.find(&labels);
        match found {
            Some(index) => self.series[index].add(series),
            None => self.insert(hash, SeriesSnapshot { labels, ..series }),
        }
        found.is_none()
    }

    /// Makes the values of histograms also those of the interval that ends.
    pub(super) fn end_interval(&mut self) {
        for series in &mut self.series {
            if let Value::Histogram(histogram) = &mut series.value {
                histogram.interval = Some(Box::new(histogram.clone()));
            }
        }
    }

    /// Takes the series with these labels out of the rest.
    pub(super) fn take(&mut self, labels: &Labels) -> Option<&SeriesSnapshot> {
        let has_labels = |index: &usize| same_labels(&self.series[*index].labels, labels);
        let found = self.by_labels.find_entry(hash_of(labels), has_labels).ok()?;
        let (index, _) = found.remove();
        Some(&self.series[index])
    }

    /// The series that were not taken, in the order of their removal.
    pub(super) fn rest(&self) -> impl Iterator<Item = &SeriesSnapshot> {
        let mut rest: Vec<_> = self.by_labels.iter().copied().collect();
        rest.sort_unstable();
        rest.into_iter().map(|index| &self.series[index])
    }

    fn find(&self, labels: &Labels) -> (u64, Option<usize>) {
        let hash = hash_of(labels);
        let has_labels = |index: &usize| same_labels(&self.series[*index].labels, labels);
        (hash, self.by_labels.find(hash, has_labels).copied())
    }

    fn insert(&mut self, hash: u64, series: SeriesSnapshot) {
        let labels = &self.series;
        self.by_labels.insert_unique(hash, labels.len(), |i| hash_of(&labels[*i].labels));
        self.series.push(series);
    }
}

impl SeriesSnapshot {
    /// Adds the values of another life.
    pub(super) fn add(&mut self, other: Self) {
        self.value.merge(other.value, Same::Sum);
        Exemplar::merge(&mut self.exemplars, other.exemplars);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::value::LabelRef;

    #[test]
    fn no_value_is_lost_beyond_the_limit() {
        let mut ended = Ended::default();
        for round in 0..3 {
            for label in 0..10 {
                let labels = Labels::new(
                    LabelRef::Int(label).to_value().map(|value| ("label".into(), value)),
                );
                ended.push(SeriesSnapshot::sample(labels, Value::U64(1 + round)), 4, || {
                    Labels::overflow([])
                });
            }
        }
        let found: Vec<_> =
            ended.series.iter().map(|series| (series.labels.to_string(), &series.value)).collect();
        let six = Value::U64(1 + 2 + 3);
        let named = |name: &str| (name.to_owned(), &six);
        let mut expected = ["label=0", "label=1", "label=2", "label=3"].map(named).to_vec();
        let rest = Value::U64(36);
        expected.push(("otel.metric.overflow=true".to_owned(), &rest));
        assert_eq!(found, expected);
    }
}
