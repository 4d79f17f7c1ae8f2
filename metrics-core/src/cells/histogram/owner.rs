//! The owner of a run: recording, and the beginnings of intervals and tags.

use super::copied::Copied;
use super::run::{
    ACKNOWLEDGED, HEADER, INTERVAL_MAX, INTERVAL_MIN, LAST, MAX, MIN, NOTICED, PAUSED, SUM, TAG,
    add, add_before, clear, lower, raise, write_sequenced,
};
use crate::cells::exponential::window::{Contents, Window};
use crate::cells::grid::Grid;
use crate::cells::totals::{Extremes, bucket};
use crate::cells::wide_sum::WideSum;
use crate::rules::exponential::ExponentialSettings;
use crate::sync::{AtomicU64, Ordering::Relaxed};

/// Adds `value` to a histogram with boundaries if the run's tag is `tag` and no reader asks for a
/// pause, and returns whether it did. For the owner only.
#[inline(always)]
pub(crate) fn record(run: &[AtomicU64], tag: u64, boundaries: &[f64], value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
    record_with(header, tag, value, || add(bucket, 1), |header| add_to_sum(header, value))
}

/// As [`record`], if no interval begins. So this function calls nothing.
#[inline(always)]
pub(crate) fn record_steady(run: &[AtomicU64], tag: u64, boundaries: &[f64], value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
    let is_steady = is_steady(header, tag);
    if is_steady {
        write(header, value, || add(bucket, 1), |header| add_to_sum(header, value));
    }
    is_steady
}

/// Adds `value` to an exponential histogram, as [`record`] does, if its bucket is found in the
/// common way and no interval begins. [`record_any`] also adds the others. So this function calls
/// nothing.
#[inline(always)]
pub(crate) fn record_exponential(
    run: &[AtomicU64],
    tag: u64,
    settings: ExponentialSettings,
    value: f64,
) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(window) = Window::of(buckets, settings) else { return false };
    let bucket = window.place_by_table(settings.zero_threshold, value);
    let Some(bucket) = bucket else { return false };
    let is_steady = is_steady(header, tag);
    if is_steady {
        write(header, value, || add(bucket, 1), |header| add_to_sum(header, value));
    }
    is_steady
}

/// Adds `value` to an exponential histogram.
fn record_anywhere(run: &[AtomicU64], tag: u64, settings: ExponentialSettings, value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(window) = Window::of(buckets, settings) else { return false };
    let Some(bucket) = window.place(settings.zero_threshold, value) else {
        return record_outside(header, window, tag, settings, value);
    };
    record_with(header, tag, value, || add(bucket, 1), |header| add_to_sum(header, value))
}

/// Adds a value that is outside of the windows.
#[cold]
#[inline(never)]
fn record_outside(
    header: &[AtomicU64; HEADER],
    window: Window<'_>,
    tag: u64,
    settings: ExponentialSettings,
    value: f64,
) -> bool {
    let add_to_bucket = || window.add(settings, value, 1);
    record_with(header, tag, value, add_to_bucket, |header| add_to_sum(header, value))
}

/// Adds `count` times `value`, which count as one measurement for the interval.
pub(crate) fn record_many(run: &[AtomicU64], tag: u64, grid: Grid, value: f64, count: u64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    // Beside SUM, because the product has more digits than SUM holds.
    let add_to_sum = |header: &_| add_before(header, WideSum::product(value, count));
    match grid {
        Grid::Explicit(boundaries) => {
            let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
            record_with(header, tag, value, || add(bucket, count), add_to_sum)
        }
        Grid::Exponential(settings) => {
            let Some(window) = Window::of(buckets, settings) else { return false };
            record_with(header, tag, value, || window.add(settings, value, count), add_to_sum)
        }
    }
}

/// Adds `count` times `value`, in any histogram.
#[inline(never)]
pub(crate) fn record_any(run: &[AtomicU64], tag: u64, grid: Grid, value: f64, count: u64) -> bool {
    match (grid, count) {
        (Grid::Explicit(boundaries), 1) => record(run, tag, boundaries, value),
        (Grid::Exponential(settings), 1) => record_anywhere(run, tag, settings, value),
        _ => record_many(run, tag, grid, value, count),
    }
}

/// Whether the tag is right and no interval begins.
#[inline(always)]
fn is_steady(header: &[AtomicU64; HEADER], tag: u64) -> bool {
    // Relaxed: see `record_with`.
    header[TAG].load(Relaxed) == tag
        && header[ACKNOWLEDGED].load(Relaxed) == header[NOTICED].load(Relaxed)
}

#[inline(always)]
fn add_to_sum(header: &[AtomicU64; HEADER], value: f64) {
    let sum = f64::from_bits(header[SUM].load(Relaxed)) + value;
    header[SUM].store(sum.to_bits(), Relaxed);
}

#[inline(always)]
fn record_with(
    header: &[AtomicU64; HEADER],
    tag: u64,
    value: f64,
    add_to_bucket: impl FnOnce(),
    add_to_sum: impl FnOnce(&[AtomicU64; HEADER]),
) -> bool {
    // Relaxed loads throughout: this thread wrote these cells itself, or took the shard over under
    // a lock, which orders the previous owner's writes before these loads. ACKNOWLEDGED is the
    // exception: see `acknowledge`.
    if header[TAG].load(Relaxed) != tag {
        return false;
    }
    if header[ACKNOWLEDGED].load(Relaxed) != header[NOTICED].load(Relaxed) && !notice(header) {
        return false;
    }
    write(header, value, add_to_bucket, add_to_sum);
    true
}

/// Writes a value to a run whose tag is right, after the beginning of the interval was noticed.
#[inline(always)]
fn write(
    header: &[AtomicU64; HEADER],
    value: f64,
    add_to_bucket: impl FnOnce(),
    add_to_sum: impl FnOnce(&[AtomicU64; HEADER]),
) {
    write_sequenced(header, |_| {
        add_to_bucket();
        add_to_sum(header);
        lower(&header[MIN], value);
        raise(&header[MAX], value);
        lower(&header[INTERVAL_MIN], value);
        raise(&header[INTERVAL_MAX], value);
        header[LAST].store(value.to_bits(), Relaxed);
    });
}

/// Begins the interval that a reader's acknowledgement has opened. Returns `false` if the reader
/// asks for a pause instead.
#[cold]
#[inline(never)]
fn notice(header: &[AtomicU64; HEADER]) -> bool {
    // Relaxed: the value only tells which of this thread's own writes the reader has copied.
    let acknowledged = header[ACKNOWLEDGED].load(Relaxed);
    if acknowledged == PAUSED {
        return false;
    }
    write_sequenced(header, |sequence| start_interval(header, acknowledged, sequence));
    true
}

/// Begins the interval after the copy with the sequence `acknowledged`. The late value, if there is
/// one, becomes its first value. `sequence` is the sequence before the current write.
fn start_interval(header: &[AtomicU64; HEADER], acknowledged: u64, sequence: u64) {
    let mut extremes = Extremes::NONE;
    if acknowledged != sequence {
        extremes.merge(Extremes::of(f64::from_bits(header[LAST].load(Relaxed))));
    }
    header[INTERVAL_MIN].store(extremes.min.to_bits(), Relaxed);
    header[INTERVAL_MAX].store(extremes.max.to_bits(), Relaxed);
    header[NOTICED].store(acknowledged, Relaxed);
    add_before(header, WideSum::ZERO.plus(f64::from_bits(header[SUM].load(Relaxed))));
    header[SUM].store(0, Relaxed);
}

/// Gives the run the tag `tag` and empties it. For the owner only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64], tag: u64) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    write_sequenced(header, |_| {
        clear(header, buckets);
        header[TAG].store(tag, Relaxed);
    });
}

/// Gives the run the tag `tag` and keeps its contents. For the owner only.
#[cold]
pub(crate) fn retag(run: &[AtomicU64], tag: u64) {
    // The sequence stays as it is, because the contents of the run are correct under either tag.
    // The sequence moves only when a value is recorded or the run is emptied.
    if let Some(cell) = run.get(TAG) {
        cell.store(tag, Relaxed);
    }
}

/// Adds a copied histogram to a run whose tag is right. For the owner only, while readers are kept
/// out.
pub(crate) fn absorb(run: &[AtomicU64], copied: &Copied) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    write_sequenced(header, |sequence| {
        match copied.grid() {
            Grid::Explicit(_) => {
                for (bucket, count) in buckets.iter().zip(copied.buckets()) {
                    add(bucket, *count);
                }
            }
            Grid::Exponential(settings) => {
                let contents = Contents::of_cells(copied.buckets());
                if let Some((window, contents)) = Window::of(buckets, settings).zip(contents) {
                    window.absorb(&contents);
                }
            }
        }
        add_before(header, copied.sum());
        lower(&header[MIN], copied.extremes().min);
        raise(&header[MAX], copied.extremes().max);
        // The caller keeps readers out with a lock, so this load sees the last acknowledgement, and
        // from here on the interval's extremes are up to date. LAST keeps its value: readers need
        // it only for a value recorded between their copy and their acknowledgement.
        let acknowledged = header[ACKNOWLEDGED].load(Relaxed);
        if acknowledged != header[NOTICED].load(Relaxed) && acknowledged != PAUSED {
            start_interval(header, acknowledged, sequence);
        }
        lower(&header[INTERVAL_MIN], copied.interval().min);
        raise(&header[INTERVAL_MAX], copied.interval().max);
    });
}
