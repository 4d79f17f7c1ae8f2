//! The form in which readers show stored series: states as one series each, the latest info, and
//! metrics under their old names.

use std::collections::HashMap;

use hashbrown::HashTable;

use super::merge::MergedMetrics;
use super::snapshot::{MetricSnapshot, SeriesSnapshot};
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::metric_id::MetricId;
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;
use crate::store::value::Value;

impl MetricSnapshot {
    /// The metric as readers show it.
    pub(super) fn shown(mut self) -> Self {
        if let Some(states) = self.descriptor.states() {
            let (metric, count) = (self.descriptor, states.count());
            let series = std::mem::take(&mut self.series).into_iter();
            self.series = series.flat_map(|stored| in_each_state(metric, count, stored)).collect();
        } else if self.descriptor.is_info() {
            self.series = Vec::from_iter(latest(std::mem::take(&mut self.series)));
        }
        self
    }

    /// The metric under its old name. What was dropped is counted under the new one.
    pub(super) fn under_old_name(&self, old: &'static Descriptor) -> Self {
        let mut renamed = Self { descriptor: old, dropped: Vec::new(), ..self.clone() };
        for series in renamed.series.iter_mut().chain(&mut renamed.removed) {
            series.id = series.id.under_old_name();
        }
        renamed
    }
}

/// The number that is stored for a state or an info.
fn stored_number(series: &SeriesSnapshot) -> i64 {
    match series.value {
        Value::I64(number) => number,
        // They are stored as integers.
        _ => 0,
    }
}

/// A series for each of the `count` states: with the value 1 in the stored one, and 0 in the
/// others. A state that adds no label has no series.
fn in_each_state(
    metric: &'static Descriptor,
    count: usize,
    stored: SeriesSnapshot,
) -> impl Iterator<Item = SeriesSnapshot> {
    let current = usize::try_from(stored_number(&stored)).unwrap_or(count);
    (0..count).filter_map(move |state| {
        Some(SeriesSnapshot {
            id: stored.id.in_state(state, count),
            labels: metric.labels_in_state(&stored.labels, state)?,
            value: Value::I64(i64::from(state == current)),
            ..stored.clone()
        })
    })
}

/// The series that was set last, with the value 1.
fn latest(series: Vec<SeriesSnapshot>) -> Option<SeriesSnapshot> {
    let latest = series.into_iter().max_by_key(stored_number)?;
    Some(SeriesSnapshot { value: Value::I64(1), ..latest })
}

/// The descriptors with old names, by the metric.
#[derive(Default)]
pub(crate) struct OldNames(HashMap<MetricId, &'static Descriptor>);

impl OldNames {
    /// The old names that any definition among `families` has. All definitions of a metric are
    /// exported under the old name that the first one declares.
    pub(crate) fn of(families: &[&'static Family]) -> Self {
        let mut old_names = HashMap::new();
        for family in families {
            if let Some(old) = family.under_old_name() {
                old_names.entry(family.descriptor().id()).or_insert(old);
            }
        }
        Self(old_names)
    }

    /// The metrics as readers show them, each under its old name too.
    pub(super) fn shown(&self, metrics: MergedMetrics) -> impl Iterator<Item = MetricSnapshot> {
        metrics.into_shown().flat_map(|metric| {
            let old = self.get(metric.descriptor).map(|old| metric.under_old_name(old));
            [Some(metric), old].into_iter().flatten()
        })
    }

    /// The descriptor with the old name of a metric.
    pub(crate) fn get(&self, metric: &Descriptor) -> Option<&'static Descriptor> {
        self.0.get(&metric.id()).copied()
    }
}

/// How far a reader is in a metric with states or an info: the values that it has returned.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownProgress {
    /// The values that a reader of changes has returned.
    returned: HashMap<SeriesId, i64>,
    /// The series with the value 1 that a reader of points has visited.
    current: Vec<SeriesSnapshot>,
}

impl ShownProgress {
    /// The series whose value differs from the one that was returned, with the difference; and the
    /// series that are gone.
    pub(super) fn advance(
        &mut self,
        shown: Vec<SeriesSnapshot>,
    ) -> (Vec<SeriesSnapshot>, Vec<SeriesId>) {
        let mut before = std::mem::take(&mut self.returned);
        let mut changed = Vec::new();
        for mut series in shown {
            let now = stored_number(&series);
            let last = before.remove(&series.id);
            self.returned.insert(series.id, now);
            // The first difference is returned even if it is zero.
            if last != Some(now) {
                series.value = Value::I64(now - last.unwrap_or(0));
                changed.push(series);
            }
        }
        (changed, before.into_keys().collect())
    }

    /// Adds a last value of 0 for each series that had the value 1 at the last call and is gone: a
    /// receiver would keep the 1.
    pub(super) fn add_gone(&mut self, shown: &mut Vec<SeriesSnapshot>) {
        let mut gone = std::mem::take(&mut self.current);
        if !gone.is_empty() {
            let mut by_labels = HashTable::with_capacity(shown.len());
            for series in shown.iter() {
                let hash = hash_of(&series.labels);
                by_labels.insert_unique(hash, &series.labels, |labels| hash_of(labels));
            }
            gone.retain(|before| {
                let is_same = |labels: &&Labels| same_labels(labels, &before.labels);
                by_labels.find(hash_of(&before.labels), is_same).is_none()
            });
        }
        let current = shown.iter().filter(|series| stored_number(series) != 0);
        self.current = current.cloned().collect();
        let zero = |series| SeriesSnapshot { value: Value::I64(0), ..series };
        shown.extend(gone.into_iter().map(zero));
    }
}
