//! Series in which nothing was recorded for some time, and replaced infos: a collection removes
//! them.

use super::last_recorded::{Contents, Moment};
use super::progress::Readers;
use super::remove::expire;
use super::twins::retain_without_live_twin;
use crate::cells::change::Reading;
use crate::store::family::Family;
use crate::store::read::{View, read};
use crate::store::series::Series;

/// Notes which series were recorded since the last collection, and removes those that have expired
/// or were replaced. Leaves out metrics that neither expire nor are tracked.
///
/// A series expires together with its twins in other definitions of the metric.
///
/// A collection calls this function before it makes the view that it reads: the removals here count
/// cells that an older view may not have.
pub(super) fn look_for_expired(families: &[&'static Family], readers: &mut Readers) {
    let view = View::everything();
    let now = Moment::now();
    let mut expired = Vec::new();
    for family in families {
        let metric = family.descriptor();
        if metric.is_info() {
            expired.extend(replaced(family, &view));
        }
        let expiry = metric.expiry();
        if expiry.is_none() && !metric.is_tracked() {
            continue;
        }
        family.for_each_series(|series| {
            series.settle();
            let Some(contents) = contents(series, &view) else { return };
            let Some(recorded) = readers.last_recorded.note(series, contents, now) else { return };
            let idle = now.instant.duration_since(recorded.instant);
            if expiry.is_some_and(|expiry| idle >= expiry) {
                expired.push(series);
            }
        });
    }
    retain_without_live_twin(&mut expired, &view);
    for series in expired {
        expire(series, readers);
    }
}

/// The replaced series of an info, if they take up half of the series limit. Until then they stay,
/// so that captures do not lose what they saw.
fn replaced(family: &'static Family, view: &View<'_>) -> Vec<Series> {
    let mut open = Vec::new();
    family.for_each_series(|series| open.extend((!series.is_fixed()).then_some(series)));
    if open.len() * 2 < family.descriptor().series_limit() {
        return Vec::new();
    }
    let set = open.into_iter().filter_map(|series| {
        // Before it is read: a series that is set from here on does not expire.
        series.take_fresh();
        match read(series, view)? {
            Reading::Number(number) => Some((number, series)),
            Reading::Histogram(_) => None,
        }
    });
    let mut set: Vec<_> = set.collect();
    set.sort_unstable_by_key(|(number, _)| *number);
    set.pop();
    set.into_iter().map(|(_, series)| series).collect()
}

/// The contents of the series; `None` if nothing was recorded.
fn contents(series: Series, view: &View<'_>) -> Option<Contents> {
    let reading = read(series, view)?;
    Some(match (reading, series.take_fresh()) {
        (_, Some(true)) => Contents::FreshGauge,
        (_, Some(false)) => Contents::Gauge,
        (Reading::Histogram(totals), None) => Contents::Number(totals.count()),
        (Reading::Number(bits), None) => Contents::Number(bits),
    })
}
