//! Series in which nothing was recorded for some time: a collection removes them.

use super::last_recorded::{Contents, Moment};
use super::progress::Readers;
use super::remove::expire;
use crate::cells::change::Reading;
use crate::store::family::Family;
use crate::store::read::{View, read};
use crate::store::series::Series;

/// Notes which series were recorded since the last collection, and removes those that have expired.
/// Leaves out metrics that neither expire nor are tracked.
///
/// A collection calls this function before it makes the view that it reads: the removals here count
/// cells that an older view may not have.
pub(super) fn look_for_expired(families: &[&'static Family], readers: &mut Readers) {
    let view = View::everything();
    let now = Moment::now();
    let mut expired = Vec::new();
    for family in families {
        let metric = family.descriptor();
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
    for series in expired {
        expire(series, readers);
    }
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
