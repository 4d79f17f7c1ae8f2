//! When series were recorded last.
//!
//! A collection knows it by comparing a series with the previous collection. So recording costs
//! nothing, and the times are those of collections.

use std::collections::HashMap;
use std::time::{Instant, SystemTime};

use crate::metric::series_id::SeriesId;
use crate::store::series::Series;

/// When the series of tracked metrics were recorded last, by the address of the descriptor and the
/// row of the series.
#[derive(Debug, Default)]
pub(super) struct LastRecorded(HashMap<usize, Vec<Option<Seen>>>);

/// A series as a collection saw it.
#[derive(Debug, Clone, Copy)]
struct Seen {
    id: SeriesId,
    contents: Contents,
    /// When a collection first saw the series so.
    at: Moment,
}

/// The contents that a collection compares with those of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// A sum as bits, or the count of a histogram.
    Number(u64),
    /// A gauge that was set since the collection before.
    FreshGauge,
    Gauge,
}

/// The moment of a collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) instant: Instant,
    pub(super) time: SystemTime,
}

impl Moment {
    pub(super) fn now() -> Self {
        Self { instant: Instant::now(), time: SystemTime::now() }
    }
}

impl LastRecorded {
    /// Notes the contents of a series now. Returns when they were recorded; `None` for an overflow
    /// series.
    pub(super) fn note(
        &mut self,
        series: Series,
        contents: Contents,
        now: Moment,
    ) -> Option<Moment> {
        let row = series.row()?;
        let rows = self.0.entry(metric(series)).or_default();
        if rows.len() <= row {
            rows.resize(row + 1, None);
        }
        let id = series.id();
        let is_same = |seen: &Seen| {
            seen.id == id && contents != Contents::FreshGauge && seen.contents == contents
        };
        let at = rows[row].filter(is_same).map_or(now, |seen| seen.at);
        let contents = match contents {
            Contents::FreshGauge => Contents::Gauge,
            other => other,
        };
        rows[row] = Some(Seen { id, contents, at });
        Some(at)
    }

    /// When a series was recorded last; `None` if its metric is not tracked.
    pub(super) fn time(&self, series: Series) -> Option<SystemTime> {
        let descriptor = series.descriptor();
        if descriptor.expiry().is_none() && !descriptor.is_tracked() {
            return None;
        }
        let seen = (*self.0.get(&metric(series))?.get(series.row()?)?)?;
        (seen.id == series.id()).then_some(seen.at.time)
    }
}

/// The address of the descriptor.
fn metric(series: Series) -> usize {
    std::ptr::from_ref(series.descriptor()).addr()
}
