//! Removing a series.

use super::ended::Ending;
use super::last_values;
use super::progress::{Readers, lock_readers};
use super::registry;
use super::twins::twins;
use crate::cells::change::Reading;
use crate::rules::kind::MetricType;
use crate::store::read::{View, read};
use crate::store::series::Series;
use crate::store::state::End;

/// Removes `series`, in every definition of its metric. The next measurement in the series brings
/// it back, from zero.
pub(crate) fn remove(series: Series) {
    // Readers, and the ends of captures, which move counts, see the series before the removal or
    // after it.
    let mut readers = lock_readers();
    if series.descriptor().is_info() {
        replaced_by(series)
            .into_iter()
            .for_each(|replaced| end(replaced, End::Removal, &mut readers));
    }
    for series in twins(series).into_iter().chain([series]) {
        end(series, End::Removal, &mut readers);
    }
}

/// The series of an info that were set before `latest`. Without it, the last of them would show.
fn replaced_by(latest: Series) -> Vec<Series> {
    let view = View::everything();
    let set_at = |series| match read(series, &view) {
        Some(Reading::Number(number)) => Some(number),
        _ => None,
    };
    let mut replaced = Vec::new();
    let Some(last) = set_at(latest.current().0) else { return replaced };
    let id = latest.descriptor().id();
    for family in registry::all_families().iter().filter(|f| f.descriptor().id() == id) {
        family.for_each_series(|series| {
            replaced.extend(set_at(series).filter(|at| *at < last).map(|_| series));
        });
    }
    replaced
}

/// Removes a series in which nothing was recorded for some time.
pub(super) fn expire(series: Series, readers: &mut Readers) {
    end(series, End::Expiry, readers);
}

/// Ends the life of `series`, and hands what was recorded in it to every reader.
fn end(series: Series, end: End, readers: &mut Readers) {
    // The overflow series holds measurements of other label values, so it is not removed.
    if series.is_overflow() {
        return;
    }
    // A handle may be older than an earlier removal. Made before the check: then the labels are
    // those of `ending`, and if the memory gets other labels after the check, `end_life` does
    // nothing.
    let ending = if series.is_fixed() { series } else { Series::of(series.block) };
    if !series.has_its_labels() {
        return;
    }
    last_values::forget(series);
    let exemplars = readers.exemplars.end(ending);
    let last = Ending::of(ending, readers.last_recorded.time(ending), exemplars);
    let is_level = series.descriptor().stored_type() == MetricType::UpDownCounter;
    let had_level = is_level && ending.is_recorded();
    let reading = ending.end_life(end);
    readers.end(ending, &last, reading.as_ref(), had_level);
}
