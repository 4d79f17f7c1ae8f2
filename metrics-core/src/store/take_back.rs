//! Taking back what was added to a sum: in the life of the series in which it was added, or not at
//! all.

use super::record::Counted;
use super::series::Series;
use super::shared::Shared;
use super::state::Life;
use crate::cells::change::Change;
use crate::cells::sum;
use crate::locks;
use crate::number::Number;
use crate::shards::{scope, shard};

impl Series {
    /// Adds `n` if the series is still in `life`: a removal has already forgotten what was added
    /// before. `self` and `life` are where the earlier addition was counted.
    ///
    /// A removal at the same time forgets both additions or, if it was seen, this one is not made.
    #[inline]
    pub(crate) fn add_in<N: Number>(self, life: Life, n: N) {
        // Before the check: if the series is removed after the check, this tag is void.
        let stamp = self.block.stamp();
        if self.needs_held_lock() || !self.is_alive(life) {
            return;
        }
        let is_added = life.run().is_some()
            && shard::cells(self.index())
                .and_then(|cells| cells.first_chunk())
                .is_some_and(|run| sum::add(run, stamp, n));
        if !is_added {
            self.add_slowly_in(life, stamp, n);
        }
    }

    /// Whether [`is_alive`](Self::is_alive) needs a lock that this thread may hold: see
    /// [`locks::outermost`].
    #[inline]
    fn needs_held_lock(self) -> bool {
        self.is_fixed() && self.block.is_any_removed() && locks::is_in_section()
    }

    #[cold]
    #[inline(never)]
    fn add_slowly_in<N: Number>(self, life: Life, stamp: u64, n: N) {
        let Some(_outermost) = locks::outermost() else { return };
        self.forward(Change::Add(n.to_bits()));
        if let Some(life) = life.shared() {
            return self.add_shared_in(life, n, || true);
        }
        let run = shard::cells_or_claim(self.reserved_index()).and_then(|c| c.first_chunk());
        let Some(run) = run else {
            // The removal changes the stamp before it clears the shared cell. So the check below
            // finds the removal, or the removal clears what is added.
            let Shared::Sums(sums) = self.block.shared() else { return };
            let shared = sums[self.position()].life();
            return self.add_shared_in(shared, n, || self.is_alive(life));
        };
        if !sum::add(run, stamp, n) {
            sum::restart(run, stamp, self.counts(sum::tag(run)));
            sum::add(run, stamp, n);
        }
    }

    fn add_shared_in<N: Number>(self, life: u64, n: N, condition: impl FnOnce() -> bool) {
        let Shared::Sums(sums) = self.block.shared() else { return };
        if sums[self.position()].add_in(life, n, condition) {
            scope::tap(self.id(), self.descriptor(), Change::Add(n.to_bits()));
        }
    }

    /// Whether a measurement in `life` still counts.
    fn is_alive(self, life: Life) -> bool {
        match life.run() {
            Some(tag) if self.is_fixed() => self.counts(tag),
            Some(_) => self.is_current(),
            None => match self.block.shared_if_any() {
                Some(Shared::Sums(sums)) => life.shared() == Some(sums[self.position()].life()),
                _ => false,
            },
        }
    }
}

/// Whether a measurement still counts: its series was not removed since.
pub(crate) fn is_alive((series, life): Counted) -> bool {
    series.is_alive(life)
}

/// Adds to a sum, in which `last` was counted before, so that it holds `now` instead; or adds `now`
/// if the series was removed since. Returns where the addition was counted.
pub(crate) fn replace<N: Number>(series: Series, last: Option<(Counted, N)>, now: N) -> Counted {
    let Some((mut earlier, mut added)) = last else { return series.add_counted(now) };
    if !is_alive(earlier) {
        return series.add_counted(now);
    }
    loop {
        let change = now.minus(added);
        let later = series.add_counted(change);
        // A removal between the two additions has forgotten the earlier one only. So what the
        // series holds is `change`, and the rest is added next.
        if is_alive(earlier) || !is_alive(later) {
            return later;
        }
        (earlier, added) = (later, change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::change::Reading;
    use crate::rules::kind::{MetricType, ValueType};
    use crate::store::read::{View, read};
    use crate::store::sample::{family, label};
    use crate::store::state::End;

    fn level() -> Series {
        family(MetricType::UpDownCounter, ValueType::I64, 1).find(&label(1))
    }

    fn held(series: Series) -> Option<i64> {
        match read(series.current().0, &View::everything())? {
            Reading::Number(bits) => Some(bits.cast_signed()),
            Reading::Histogram(_) => None,
        }
    }

    fn remove(series: Series) {
        series.current().0.end_life(End::Removal);
    }

    /// Adds in the shared cell, as a thread without memory for its own cells does.
    fn add_shared(series: Series, n: i64) -> Life {
        let Shared::Sums(sums) = series.block.shared() else { panic!() };
        Life::of_shared(sums[series.position()].add(n))
    }

    #[test]
    fn what_was_added_in_a_shared_cell_is_taken_back_in_its_life_only() {
        let series = level();
        for _ in 0..3 {
            let life = add_shared(series, 5);
            assert!(is_alive((series, life)));
            series.add_in(life, -5_i64);
            assert_eq!(held(series), Some(0));
            let life = add_shared(series, 5);
            remove(series);
            assert!(!is_alive((series, life)));
            series.add_in(life, -5_i64);
            assert_eq!(held(series), None);
        }
    }

    #[test]
    fn what_was_added_in_a_run_is_taken_back_in_any_thread() {
        let series = level();
        let (_, life) = series.add_counted(5_i64);
        series.add_in(life, -2_i64);
        assert_eq!(held(series), Some(3));
        // The other thread has no run yet.
        std::thread::spawn(move || series.add_in(life, -3_i64)).join().unwrap();
        assert_eq!(held(series), Some(0));
    }

    #[test]
    fn a_value_replaces_the_one_before_in_its_life_only() {
        let series = level();
        let first = replace(series, None, 5_i64);
        let second = replace(series, Some((first, 5)), 8_i64);
        assert_eq!(held(series), Some(8));
        remove(series);
        let third = replace(series, Some((second, 8)), 3_i64);
        assert_eq!(held(series), Some(3));
        remove(series);
        let shared = (series, add_shared(series, 4));
        replace(series, Some((shared, 4)), 6_i64);
        assert_eq!(held(series), Some(6));
        assert!(!is_alive(third) && is_alive(shared));
    }
}
