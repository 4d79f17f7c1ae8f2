//! Measurements on their way to become candidates.

use std::cell::Cell;

use super::skips;
use super::slots::{Candidate, slot};
use super::switch::Switch;
use crate::cells::change::Change;
use crate::cells::histogram::run;
use crate::clock;
use crate::foreign::{self, Outermost};
use crate::locks::{self, Section};
use crate::rules::kind::MetricType;
use crate::store::series::Series;

thread_local! {
    /// Whether this thread asks for the current span. A measurement in between is no candidate.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// The least share of measurements that ask for the current span while none of them is inside a
/// sampled span.
const LEAST_SHARE: f32 = 1.0 / 16.0;

/// The share after a measurement outside of sampled spans, of what it was before.
const NEXT_SHARE: f32 = 31.0 / 32.0;

/// Offers a measurement that was recorded in the cell `index` of the series.
#[inline(always)]
pub(crate) fn offer(series: Series, index: u32, bits: u64) {
    if !skips::is_skipped(index) {
        consider(series, index, bits);
    }
}

/// Offers a measurement that was recorded in the uncommon cases.
pub(crate) fn offer_change(series: Series, change: Change) {
    if !Switch::get().is_on() {
        return;
    }
    let (offset, bits) = match (series.descriptor().stored_type(), change) {
        (MetricType::Counter, Change::Add(bits)) => (0, bits),
        (MetricType::Histogram, Change::Record { value, .. }) => {
            (run::bucket_cell(series.block.boundaries(), value), value.to_bits())
        }
        _ => return,
    };
    let Some(base) = series.block.reserved_base_if_any() else { return };
    offer(series, base + series.offset() + offset, bits);
}

/// Decides on a measurement that is not skipped.
#[cold]
#[inline(never)]
fn consider(series: Series, index: u32, bits: u64) {
    let switch = Switch::get();
    if !switch.is_on() {
        return;
    }
    let Some(_outermost) = locks::outermost() else { return };
    let Some((word, choice)) = skips::choice(index, switch) else { return };
    if choice.is_pause {
        return skips::draw(word, choice.threshold, switch);
    }
    let Some(asking) = Outermost::begin(&ASKING) else { return };
    // Whether the measurement is inside a span is unknown without the source. Then the measurement
    // is left out, and the next one is asked.
    let Some(source) = switch.source() else { return };
    let span = {
        let _foreign = locks::foreign();
        foreign::call(source).ok().flatten()
    };
    drop(asking);
    if !switch.takes_all() && !span.as_ref().is_some_and(|span| span.is_sampled) {
        // The measurement is none of those from which is chosen. If many are not, fewer of them
        // are asked.
        let threshold = choice.threshold;
        let next = (threshold * NEXT_SHARE).max(LEAST_SHARE).min(threshold);
        return skips::draw(word, next, switch);
    }
    let tag = series.block.stamp();
    // If the series was removed meanwhile, its index may belong to other labels.
    let Some(slot) = slot(index).filter(|_| series.is_current_at(tag)) else { return };
    // The slot has a lock.
    let Some(_section) = Section::try_enter() else { return };
    let key = skips::key(choice.threshold);
    let least = slot.offer(switch.interval(), key, || {
        let (span, labels) = match span {
            Some(span) => (Some((span.trace_id, span.span_id)), span.labels),
            None => (None, Vec::new()),
        };
        Candidate { tag, bits, time: clock::now(), span, labels }
    });
    skips::draw(word, key.min(least), switch);
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::store::exemplars::span::CurrentSpan;
    use crate::store::exemplars::switch::hold_source;
    use crate::store::sample;

    #[test]
    fn a_measurement_is_left_out_while_its_span_is_unknown() {
        let current_span = || Some(CurrentSpan::new([7; 16], [9; 8], true));
        for is_always in [true, false] {
            Switch::turn_on(is_always, current_span);
            let series = sample::counter(10).find(&sample::label(1));
            let index = series.reserved_index();
            let taken = || slot(index).unwrap().take(Switch::get().interval());
            thread::scope(|scope| {
                scope.spawn(|| {
                    let held = hold_source();
                    thread::scope(|scope| {
                        scope.spawn(|| {
                            consider(series, index, 1);
                            assert!(taken().is_none());
                        });
                    });
                    drop(held);
                    // As by a thread that knows the source by now: nothing was drawn.
                    consider(series, index, 2);
                    assert_eq!(taken().unwrap().1.span, Some(([7; 16], [9; 8])));
                });
            });
        }
        Switch::turn_off();
    }
}
