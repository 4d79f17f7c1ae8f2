//! Series that were removed, and that a reader has yet to report.

use hashbrown::HashTable;

use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::metric::series_id::SeriesId;
use crate::store::value::Value;

/// The removed series of one metric that a reader has yet to report.
///
/// Series with equal labels are one, whose values add up: a series may have been removed several
/// times. Beyond the series limit of the metric, series are added up under the labels of the
/// overflow series. So a reader that never collects fills no memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    pub(super) series: Vec<EndedSeries>,
    by_labels: HashTable<usize>,
    /// The removed series among those that the reader reported before.
    pub(super) removed: Vec<SeriesId>,
}

/// A removed series, with what the reader has yet to report.
#[derive(Debug, Clone)]
pub(super) struct EndedSeries {
    pub(super) id: SeriesId,
    pub(super) labels: Labels,
    pub(super) value: Value,
}

impl Ended {
    pub(super) fn push(&mut self, series: EndedSeries, limit: usize) {
        let (hash, found) = self.find(&series.labels);
        if let Some(index) = found {
            self.series[index].value.merge(series.value, false);
        } else if self.series.len() < limit {
            self.insert(hash, series);
        } else {
            let labels = Labels::overflow();
            match self.find(&labels) {
                (_, Some(index)) => self.series[index].value.merge(series.value, false),
                (hash, None) => self.insert(hash, EndedSeries { labels, ..series }),
            }
        }
    }

    fn find(&self, labels: &Labels) -> (u64, Option<usize>) {
        let hash = hash_of(labels);
        let has_labels = |index: &usize| same_labels(&self.series[*index].labels, labels);
        (hash, self.by_labels.find(hash, has_labels).copied())
    }

    fn insert(&mut self, hash: u64, series: EndedSeries) {
        let labels = &self.series;
        self.by_labels.insert_unique(hash, labels.len(), |i| hash_of(&labels[*i].labels));
        self.series.push(series);
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
                let value = Value::U64(1 + round);
                ended.push(EndedSeries { id: SeriesId::default(), labels, value }, 4);
            }
        }
        let found: Vec<_> =
            ended.series.iter().map(|series| (series.labels.to_string(), &series.value)).collect();
        let six = Value::U64(6);
        let named = |name: &str| (name.to_owned(), &six);
        let mut expected = ["label=0", "label=1", "label=2", "label=3"].map(named).to_vec();
        let rest = Value::U64(36);
        expected.push(("otel.metric.overflow=true".to_owned(), &rest));
        assert_eq!(found, expected);
    }
}
