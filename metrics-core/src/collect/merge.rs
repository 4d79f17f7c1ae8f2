//! Merging: equal definitions of a metric in several crates are one metric in snapshots and
//! captures.

use std::collections::HashMap;

use super::exemplars::exemplar::Exemplar;
use super::joined::JOINED;
use super::snapshot::{MetricSnapshot, SeriesSnapshot};
use crate::locks::lock;
use crate::metric::metric_id::MetricId;
use crate::metric::series_id::SeriesId;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::value::Same;

/// The metrics of a snapshot; equal definitions of one metric are merged.
#[derive(Default)]
pub(crate) struct MergedMetrics {
    metrics: Vec<MetricSnapshot>,
    /// The first family of each metric.
    families: Vec<&'static Family>,
    by_id: HashMap<MetricId, MergedSeries>,
}

struct MergedSeries {
    metric: usize,
    /// The index of each series, filled once there is a second definition.
    series: Option<HashMap<SeriesId, usize>>,
}

impl MergedMetrics {
    /// Adds the metric of a family.
    pub(crate) fn push(&mut self, family: &'static Family, metric: MetricSnapshot) {
        let descriptor = metric.descriptor;
        if let Some(merged) = self.by_id.get_mut(&descriptor.id()) {
            let first = &mut self.metrics[merged.metric];
            if first.descriptor.difference(descriptor).is_none() {
                first.merge(metric, &mut merged.series);
                return;
            }
        }
        let merged = MergedSeries { metric: self.metrics.len(), series: None };
        self.by_id.insert(descriptor.id(), merged);
        self.metrics.push(metric);
        self.families.push(family);
    }

    /// The metrics without series: the counts of measurements that were not recorded as intended.
    pub(crate) fn dropped(families: &[&'static Family]) -> Self {
        let mut dropped = Self::default();
        for &family in families {
            let counts = family.dropped().read();
            let metric = MetricSnapshot::new(family.descriptor());
            dropped.push(family, MetricSnapshot { dropped: counts, ..metric });
        }
        dropped
    }

    /// The metrics, each with the first family that defines it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Family, &MetricSnapshot)> {
        self.families.iter().copied().zip(&self.metrics)
    }

    /// The metrics as readers show them.
    pub(crate) fn into_shown(self) -> impl Iterator<Item = MetricSnapshot> {
        self.metrics.into_iter().map(MetricSnapshot::shown)
    }
}

impl MetricSnapshot {
    /// Adds the series of another definition of the same metric.
    ///
    /// The id of a series must not depend on which definition recorded first, so the series get ids
    /// that depend on their labels.
    fn merge(&mut self, other: Self, series: &mut Option<HashMap<SeriesId, usize>>) {
        let descriptor = self.descriptor;
        let same = match descriptor.stored_type() {
            // The number of an info grows with every `set`.
            _ if descriptor.is_info() => Same::Greatest,
            MetricType::Gauge => Same::Other,
            _ => Same::Sum,
        };
        let mut joined = lock(&JOINED);
        let indices = series.get_or_insert_with(|| {
            for series in &mut self.removed {
                series.id = joined.id(descriptor, &series.labels);
            }
            let own = self.series.iter_mut().enumerate();
            own.map(|(index, series)| {
                series.id = joined.id(descriptor, &series.labels);
                (series.id, index)
            })
            .collect()
        });
        let mut removed: HashMap<SeriesId, usize> =
            self.removed.iter().enumerate().map(|(index, series)| (series.id, index)).collect();
        for mut series in other.removed {
            series.id = joined.id(descriptor, &series.labels);
            let index = *removed.entry(series.id).or_insert(self.removed.len());
            match self.removed.get_mut(index) {
                Some(found) => found.join(series, same),
                None => self.removed.push(series),
            }
        }
        for mut series in other.series {
            series.id = joined.id(descriptor, &series.labels);
            let index = *indices.entry(series.id).or_insert(self.series.len());
            match self.series.get_mut(index) {
                Some(found) => found.join(series, same),
                None => self.series.push(series),
            }
        }
        for (reason, count) in other.dropped {
            match self.dropped.iter_mut().find(|(found, _)| *found == reason) {
                Some((_, total)) => *total += count,
                None => self.dropped.push((reason, count)),
            }
        }
    }
}

impl SeriesSnapshot {
    /// Adds the series with the same labels of another definition.
    fn join(&mut self, other: Self, same: Same) {
        self.value.merge(other.value, same);
        Exemplar::merge(&mut self.exemplars, other.exemplars);
        self.created = self.created.min(other.created);
        self.last_recorded = self.last_recorded.max(other.last_recorded);
    }
}
