//! The ids of series that several definitions of a metric share.

use std::sync::Mutex;

use hashbrown::HashTable;

use super::registry;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::locks::lock;
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;

/// The labels of series that several definitions share, each with a number that makes up its id.
///
/// The labels stay known while a definition has a series with these labels, removed or not. Other
/// labels are forgotten when the table has doubled since they were last forgotten. So the series
/// limits also limit the table. A number is never used again.
#[derive(Debug)]
pub(super) struct Joined {
    rows: HashTable<Row>,
    /// The number of the next new labels.
    next: usize,
    /// The number of rows at which labels without a series are forgotten.
    sweep_at: usize,
}

#[derive(Debug)]
struct Row {
    hash: u64,
    /// The first definition of the metric.
    metric: &'static Descriptor,
    labels: Labels,
    number: usize,
    /// Whether the current sweep has found a series with the labels.
    found: bool,
}

/// The least number of rows at which labels without a series are forgotten.
const LEAST_SWEEP: usize = 64;

pub(super) static JOINED: Mutex<Joined> = Mutex::new(Joined::EMPTY);

/// Forgets labels without a series, from time to time. The caller keeps readers out: a collection
/// must not see the same labels under two numbers.
pub(super) fn sweep() {
    lock(&JOINED).sweep();
}

impl Joined {
    const EMPTY: Self = Self { rows: HashTable::new(), next: 0, sweep_at: LEAST_SWEEP };

    /// The id of a series of a metric with several definitions. It does not depend on the
    /// definition that recorded. `first` is the descriptor of the first definition.
    pub(super) fn id(&mut self, first: &'static Descriptor, labels: &Labels) -> SeriesId {
        SeriesId::joined(first, self.number(hash_of(labels), first, labels))
    }

    fn number(&mut self, hash: u64, metric: &'static Descriptor, labels: &Labels) -> usize {
        if let Some(row) = self.find(hash, metric, labels) {
            return row.number;
        }
        let number = self.next;
        self.next += 1;
        let row = Row { hash, metric, labels: labels.clone(), number, found: false };
        self.rows.insert_unique(hash, row, |row| row.hash);
        number
    }

    fn find(
        &mut self,
        hash: u64,
        metric: &'static Descriptor,
        labels: &Labels,
    ) -> Option<&mut Row> {
        let matches =
            |row: &Row| std::ptr::eq(row.metric, metric) && same_labels(&row.labels, labels);
        self.rows.find_mut(hash, matches)
    }

    /// Forgets labels with which no definition has a series, if the table has doubled.
    fn sweep(&mut self) {
        if self.rows.len() < self.sweep_at {
            return;
        }
        let mut metrics: Vec<_> = self.rows.iter().map(|row| row.metric).collect();
        metrics.sort_unstable_by_key(|metric| std::ptr::from_ref(*metric).addr());
        metrics.dedup_by(|a, b| std::ptr::eq(*a, *b));
        for family in registry::all_families() {
            let id = family.descriptor().id();
            let Some(metric) = metrics.iter().find(|metric| metric.id() == id) else {
                continue;
            };
            family.for_each_series(|series| {
                let labels = series.labels();
                if let Some(row) = self.find(hash_of(&labels), metric, &labels) {
                    row.found = true;
                }
            });
        }
        self.rows.retain(|row| std::mem::take(&mut row.found));
        self.sweep_at = LEAST_SWEEP.max(2 * self.rows.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::value::LabelRef;
    use crate::metric::lifetime::Lifetime;
    use crate::metric::source::Place;
    use crate::rules::kind::{MetricType, ValueType};

    fn labels(value: LabelRef<'_>) -> Labels {
        Labels::new(value.to_value().map(|value| ("label".into(), value)))
    }

    static METRICS: [Descriptor; 2] = [metric("joined.a"), metric("joined.b")];

    const fn metric(name: &'static str) -> Descriptor {
        Descriptor::new(crate::metric::definition::Definition {
            name,
            metric_type: MetricType::Counter,
            value_type: ValueType::U64,
            unit: "",
            description: "",
            labels: &[],
            boundaries: &[],
            exponential: None,
            series_limit: 0,
            lifetime: Lifetime::UNSET,
            presentation: None,
            place: &Place::NOWHERE,
            line: 0,
            item: "",
        })
    }

    #[test]
    fn labels_with_the_same_hash_have_different_numbers() {
        let mut joined = Joined::EMPTY;
        let values = [LabelRef::Absent, LabelRef::Int(0), LabelRef::Str("0"), LabelRef::Str("1")];
        let mut number = |metric, value| joined.number(7, metric, &labels(value));
        for _ in 0..2 {
            assert_eq!(values.map(|value| number(&METRICS[0], value)), [0, 1, 2, 3]);
            assert_eq!(values.map(|value| number(&METRICS[1], value)), [4, 5, 6, 7]);
        }
    }

    #[test]
    fn nan_is_the_same_label_each_time() {
        let mut joined = Joined::EMPTY;
        let mut id = || joined.id(&METRICS[0], &labels(LabelRef::Float(f64::NAN)));
        assert_eq!(id(), id());
    }

    #[test]
    fn labels_without_a_series_are_forgotten_and_their_numbers_are_not_used_again() {
        let mut joined = Joined::EMPTY;
        for i in 0..10 * LEAST_SWEEP {
            let labels = labels(LabelRef::Int(i.try_into().unwrap()));
            assert_eq!(joined.id(&METRICS[0], &labels), SeriesId::joined(&METRICS[0], i));
            joined.sweep();
            assert!(joined.rows.len() <= LEAST_SWEEP);
        }
    }
}
