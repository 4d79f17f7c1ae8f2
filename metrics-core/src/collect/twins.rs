//! Twins: the series with equal labels in the equal definitions of one metric.
//!
//! Readers show the definitions of a metric as one, so they show twins as one series. The twins
//! therefore begin and end their lives together: otherwise the sum of the twins would fall, which
//! looks like a counter that was reset.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use hashbrown::HashTable;

use super::registry::linked;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::locks::force;
use crate::metric::descriptor::Descriptor;
use crate::metric::metric_id::MetricId;
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;
use crate::store::read::{View, read};
use crate::store::series::Series;

/// The metrics with several definitions. Only typed metrics can have several.
static SEVERAL: LazyLock<HashMap<MetricId, Vec<&'static Family>>> = LazyLock::new(|| {
    let mut by_id: HashMap<_, Vec<_>> = HashMap::new();
    for family in linked() {
        by_id.entry(family.descriptor().id()).or_default().push(family);
    }
    by_id.retain(|_, families| families.len() > 1);
    by_id
});

/// The definitions that readers join with `metric`, which is one of them. Empty if there is no
/// other.
fn definitions(metric: &'static Descriptor) -> Vec<&'static Family> {
    let Some(families) = force(&SEVERAL).get(&metric.id()) else { return Vec::new() };
    let is_joined = |family: &&'static Family| {
        !family.is_left_out() && family.descriptor().difference(metric).is_none()
    };
    let joined: Vec<_> = families.iter().copied().filter(is_joined).collect();
    let is_own = |family: &&'static Family| std::ptr::eq(family.descriptor(), metric);
    if joined.len() > 1 && joined.iter().any(is_own) { joined } else { Vec::new() }
}

/// The twins of `series`, without `series`.
pub(super) fn twins(series: Series) -> Vec<Series> {
    let metric = series.descriptor();
    let mut twins = Vec::new();
    // The overflow series holds measurements of other labels.
    if series.is_overflow() {
        return twins;
    }
    let definitions = definitions(metric);
    if definitions.is_empty() {
        return twins;
    }
    let labels = series.labels();
    // Checked after the labels were read: then they are those of the series.
    if !series.has_its_labels() {
        return twins;
    }
    for family in definitions {
        if !std::ptr::eq(family.descriptor(), metric) {
            family.for_each_series(|other| {
                twins.extend(same_labels(&other.labels(), &labels).then_some(other));
            });
        }
    }
    twins
}

/// Leaves out the series with a twin that is recorded and not among `expired`.
pub(super) fn retain_without_live_twin(expired: &mut Vec<Series>, view: &View<'_>) {
    let ids: HashSet<SeriesId> = expired.iter().map(|series| series.id()).collect();
    let mut live: HashMap<MetricId, HashTable<Labels>> = HashMap::new();
    for series in &*expired {
        let metric = series.descriptor();
        if live.contains_key(&metric.id()) {
            continue;
        }
        let mut labels = HashTable::new();
        for family in definitions(metric) {
            family.for_each_series(|series| {
                if !ids.contains(&series.id()) && read(series, view).is_some() {
                    let own = series.labels();
                    labels.insert_unique(hash_of(&own), own, hash_of);
                }
            });
        }
        live.insert(metric.id(), labels);
    }
    expired.retain(|series| {
        let own = series.labels();
        let live = live.get(&series.descriptor().id());
        live.is_none_or(|live| live.find(hash_of(&own), |l| same_labels(l, &own)).is_none())
    });
}
