//! Metrics that several crates define alike: one metric in snapshots and captures.

use std::collections::HashMap;

use super::snapshot::MetricSnapshot;
use crate::metric::kind::MetricType;
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;

/// The metrics of a snapshot, each once.
#[derive(Default)]
pub(crate) struct MergedMetrics {
    metrics: Vec<MetricSnapshot>,
    /// The first family of each.
    families: Vec<&'static Family>,
    by_name: HashMap<&'static str, MergedSeries>,
}

struct MergedSeries {
    metric: usize,
    /// Where its series are, once there is a second definition.
    series: Option<HashMap<SeriesId, usize>>,
}

impl MergedMetrics {
    /// Adds a family's metric.
    pub(crate) fn push(&mut self, family: &'static Family, metric: MetricSnapshot) {
        let descriptor = metric.descriptor;
        if let Some(place) = self.by_name.get_mut(descriptor.name()) {
            let first = &mut self.metrics[place.metric];
            if first.descriptor.difference(descriptor).is_none() {
                first.merge(metric, &mut place.series);
                return;
            }
        }
        let place = MergedSeries { metric: self.metrics.len(), series: None };
        self.by_name.insert(descriptor.name(), place);
        self.metrics.push(metric);
        self.families.push(family);
    }

    /// The metrics, each with the first family that defines it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Family, &MetricSnapshot)> {
        self.families.iter().copied().zip(&self.metrics)
    }

    pub(crate) fn into_metrics(self) -> Vec<MetricSnapshot> {
        self.metrics
    }
}

impl MetricSnapshot {
    /// Adds what another definition of the same metric holds.
    ///
    /// Which definition recorded first must not matter to who tells series by their id, so they get
    /// one made of the labels.
    fn merge(&mut self, other: Self, series: &mut Option<HashMap<SeriesId, usize>>) {
        let descriptor = self.descriptor;
        let is_gauge = descriptor.metric_type() == MetricType::Gauge;
        let places = series.get_or_insert_with(|| {
            let own = self.series.iter_mut().enumerate();
            own.map(|(place, series)| {
                series.id = SeriesId::by_labels(descriptor, &series.labels);
                (series.id, place)
            })
            .collect()
        });
        for mut series in other.series {
            series.id = SeriesId::by_labels(descriptor, &series.labels);
            let place = *places.entry(series.id).or_insert(self.series.len());
            match self.series.get_mut(place) {
                Some(found) => found.value.merge(series.value, is_gauge),
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
