//! Runs the protocols of `cells` under every interleaving and reordering that the memory model
//! allows, as far as loom explores them.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p typed-metrics-core --release --test loom`
//!
//! This program compiles `cells` itself, with loom's atomics. The rest of the engine needs statics,
//! which loom does not support. So two protocols are written out here with the same orderings:
//! handing a shard over to another thread, and removing a series.
#![cfg(loom)]
#![allow(dead_code, missing_docs, unreachable_pub)]

#[path = "../src/cells"]
mod cells {
    pub(crate) mod adjustment;
    pub(crate) mod candidate;
    pub(crate) mod exponential;
    pub(crate) mod gate;
    pub(crate) mod grid;
    pub(crate) mod histogram;
    pub(crate) mod shared_gauge;
    pub(crate) mod shared_histogram;
    pub(crate) mod shared_sum;
    pub(crate) mod sum;
    pub(crate) mod totals;
    pub(crate) mod wide_sum;
}
#[path = "../src/number.rs"]
mod number;
#[path = "../src/rules"]
mod rules {
    pub(crate) mod const_text;
    pub(crate) mod exponential;
}
#[path = "../src/sync.rs"]
mod sync;

use std::sync::Arc;

use cells::adjustment::Adjustment::{self, Add};
use cells::candidate;
use cells::gate::{Gate, Slot};
use cells::grid::Grid;
use cells::histogram::copied::{self, Copied};
use cells::histogram::{owner, run};
use cells::shared_gauge::SharedGauge;
use cells::shared_histogram::SharedHistogram;
use cells::shared_sum::SharedSum;
use cells::sum;
use cells::totals::{Extremes, Totals};
use loom::thread;
use rules::exponential::ExponentialSettings;
use sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire},
    fence, lock,
};

const BOUNDARIES: &[f64] = &[10.0];
const GRID: Grid = Grid::Explicit(BOUNDARIES);

/// Explores every schedule with at most `preemptions` preemptions, which takes seconds.
fn model(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(f);
}

fn run<const N: usize>() -> Arc<[AtomicU64; N]> {
    Arc::new(std::array::from_fn(|_| AtomicU64::new(0)))
}

fn histogram_run() -> Arc<Vec<AtomicU64>> {
    Arc::new((0..run::width(GRID)).map(|_| AtomicU64::new(0)).collect())
}

fn add(run: &[AtomicU64; sum::WIDTH], tag: u64, n: u64) {
    if !sum::add(run, tag, n) {
        sum::restart(run, tag, false);
        assert!(sum::add(run, tag, n));
    }
}

/// Records as soon as no reader asks for a pause. An owner does not wait in truth.
fn after_pauses(record: impl Fn() -> bool) {
    while !record() {
        thread::yield_now();
    }
}

fn record(run: &[AtomicU64], tag: u64, value: f64) {
    if run::tag(run) != tag {
        owner::restart(run, tag);
    }
    after_pauses(|| owner::record(run, tag, BOUNDARIES, value));
}

#[test]
fn a_sum_only_grows_for_its_reader() {
    model(3, || {
        let run = run();
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || (0..3).for_each(|_| add(&run, 1, 1)))
        };
        let read = || sum::read(&run, |tag| tag == 1);
        let (first, second) = (read(), read());
        assert!(first.unwrap_or(0) <= second.unwrap_or(0) && second.unwrap_or(0) <= 3);
        assert!(first.is_none() || second.is_some());
        owner.join().unwrap();
        assert_eq!(read(), Some(3));
    });
}

/// Reads as `store::read::read` does: the value counts only if the state of the series did not
/// change meanwhile.
fn read_if_unmoved(run: &[AtomicU64; sum::WIDTH], state: &AtomicU64) -> Option<(u64, u64)> {
    let before = state.load(Acquire);
    let value = sum::read(run, |tag| tag == before)?;
    fence(Acquire);
    (state.load(Acquire) == before).then_some((before, value))
}

#[test]
fn a_sum_of_before_a_removal_never_mixes_with_one_of_after() {
    model(3, || {
        let run = run();
        let state = Arc::new(AtomicU64::new(1));
        add(&run, 1, 100);
        let owner = {
            let (run, state) = (Arc::clone(&run), Arc::clone(&state));
            thread::spawn(move || (0..2).for_each(|_| add(&run, state.load(Acquire), 7)))
        };
        let remover = {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                state.fetch_add(1, AcqRel);
            })
        };
        if let Some((before, value)) = read_if_unmoved(&run, &state) {
            // Between the removal and the first measurement after it, the reader may see a bare
            // zero.
            let allowed: &[u64] = if before == 1 { &[100, 107, 114] } else { &[0, 7, 14] };
            assert!(allowed.contains(&value), "{value} under {before}");
        }
        owner.join().unwrap();
        remover.join().unwrap();
        let after = read_if_unmoved(&run, &state).map(|(_, value)| value);
        assert!([None, Some(7), Some(14)].contains(&after), "{after:?}");
    });
}

#[test]
fn the_old_tag_never_goes_with_a_new_value() {
    model(4, || {
        let run = run();
        let state = Arc::new(AtomicU64::new(1));
        add(&run, 1, 100);
        let owner = {
            let (run, state) = (Arc::clone(&run), Arc::clone(&state));
            thread::spawn(move || {
                state.store(2, sync::Ordering::Release);
                add(&run, 2, 7);
            })
        };
        let before = state.load(Acquire);
        let value = sum::read(&run, |tag| tag == before);
        fence(Acquire);
        if state.load(Acquire) == before {
            let allowed = if before == 1 { [Some(100), None] } else { [Some(7), None] };
            assert!(allowed.contains(&value) || (before, value) == (2, Some(0)), "{value:?}");
        }
        owner.join().unwrap();
    });
}

/// Checks that the parts of a copy agree, when each value is `value`, and returns the count.
fn check(copied: &Copied, value: f64) -> u64 {
    let count: u64 = copied.buckets().iter().sum();
    assert_eq!(copied.sum().value(), value * count as f64);
    if count > 0 {
        assert_eq!((copied.extremes().min, copied.extremes().max), (value, value));
        assert_eq!((copied.interval().min, copied.interval().max), (value, value));
    } else {
        assert!(copied.extremes().is_none() && copied.interval().is_none());
    }
    count
}

#[test]
fn a_histogram_is_read_as_one() {
    model(2, || {
        let run = histogram_run();
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || (0..2).for_each(|_| record(&run, 1, 4.0)))
        };
        let mut copied = Copied::of(GRID);
        let mut counts = [0; 2];
        for count in &mut counts {
            *count = copied.read(&run).map_or(0, |copied| check(copied, 4.0));
        }
        assert!(counts[0] <= counts[1] && counts[1] <= 2);
        owner.join().unwrap();
        assert_eq!(check(copied.read(&run).unwrap(), 4.0), 2);
    });
}

#[test]
fn an_exponential_histogram_is_read_as_one_while_its_windows_move() {
    model(2, || {
        let settings = ExponentialSettings::DEFAULT.max_size(4);
        let grid = Grid::Exponential(settings);
        let run: Arc<Vec<_>> = Arc::new((0..run::width(grid)).map(|_| AtomicU64::new(0)).collect());
        owner::restart(&run, 1);
        assert!(owner::record_any(&run, 1, grid, 4.0, 1));
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || {
                after_pauses(|| owner::record_any(&run, 1, grid, -400.0, 1));
            })
        };
        let mut copied = Copied::of(grid);
        let mut read = || {
            let mut totals = Totals::new(grid);
            copied.read(&run).unwrap().add_to(&mut totals);
            let buckets = totals.exponential.as_deref().unwrap();
            let counts = (&*buckets.positive.counts, &*buckets.negative.counts);
            match totals.count() {
                1 => assert_eq!((counts, totals.sum.value()), ((&[1][..], &[][..]), 4.0)),
                2 => assert_eq!((counts, totals.sum.value()), ((&[1][..], &[1][..]), -396.0)),
                count => panic!("{count} values"),
            }
            totals.count()
        };
        read();
        owner.join().unwrap();
        assert_eq!(read(), 2);
    });
}

#[test]
fn a_histogram_that_starts_over_is_read_as_one() {
    model(2, || {
        let run = histogram_run();
        record(&run, 1, 4.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || owner::restart(&run, 2))
        };
        let mut copied = Copied::of(GRID);
        let before = copied.read(&run).unwrap();
        match before.tag() {
            1 => assert_eq!(check(before, 4.0), 1),
            2 => assert_eq!(check(before, 20.0), 0),
            tag => panic!("{tag}"),
        }
        owner.join().unwrap();
        assert!(owner::record(&run, 2, BOUNDARIES, 20.0));
        assert_eq!(check(copied.read(&run).unwrap(), 20.0), 1);
    });
}

#[test]
fn a_histogram_that_goes_on_under_a_new_tag_is_read_as_one() {
    model(2, || {
        let run = histogram_run();
        record(&run, 1, 4.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || {
                owner::retag(&run, 2);
                after_pauses(|| owner::record(&run, 2, BOUNDARIES, 4.0));
            })
        };
        let mut copied = Copied::of(GRID);
        let copied = copied.read(&run).unwrap();
        let count = check(copied, 4.0);
        assert!(matches!((copied.tag(), count), (1 | 2, 1) | (2, 2)), "{copied:?}");
        owner.join().unwrap();
    });
}

#[test]
fn what_is_not_recorded_during_a_pause_is_known() {
    model(3, || {
        let run = histogram_run();
        record(&run, 1, 4.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || {
                (0..3).filter(|_| owner::record(&run, 1, BOUNDARIES, 4.0)).count() as u64
            })
        };
        let mut copied = Copied::of(GRID);
        let first = check(copied.read(&run).unwrap(), 4.0);
        let recorded = owner.join().unwrap();
        assert!(first <= 1 + recorded);
        assert_eq!(check(copied.read(&run).unwrap(), 4.0), 1 + recorded);
        // The pause has ended.
        assert!(owner::record(&run, 1, BOUNDARIES, 4.0));
    });
}

/// One collection of a reader: the number of values so far, and the extremes of the interval that
/// the collection ends.
fn collect(run: &[AtomicU64]) -> (u64, Extremes) {
    let mut copied = Copied::of(GRID);
    let Some(copied) = copied.read(run) else { return (0, Extremes::NONE) };
    copied::acknowledge(run, copied);
    (copied.buckets().iter().sum(), copied.interval())
}

/// Checks the rules for intervals, when the values are 1, 2, 3 and so on: the extremes are values
/// of the interval, and the maximum is its last value. So the extremes of a single value are exact.
/// Returns whether the extremes are exact.
fn is_exact(before: u64, after: u64, extremes: Extremes) -> bool {
    if before == after {
        assert_eq!(extremes, Extremes::NONE);
        return true;
    }
    assert_eq!(extremes.max, after as f64);
    assert!((before + 1) as f64 <= extremes.min && extremes.min <= extremes.max, "{extremes:?}");
    extremes.min == (before + 1) as f64
}

/// At most one value is recorded between the copy and the acknowledgement.
#[test]
fn an_interval_that_ends_while_a_value_is_recorded_is_exact() {
    model(3, || {
        let run = histogram_run();
        record(&run, 1, 1.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || record(&run, 1, 2.0))
        };
        let (first, extremes) = collect(&run);
        assert!(is_exact(0, first, extremes));
        owner.join().unwrap();
        // The next collection may find that the owner has noticed the late value, or not.
        let noticed = first == 1 && {
            record(&run, 1, 3.0);
            true
        };
        let (second, extremes) = collect(&run);
        assert_eq!(second, if noticed { 3 } else { 2 });
        assert!(is_exact(first, second, extremes));
        record(&run, 1, (second + 1) as f64);
        let (third, extremes) = collect(&run);
        assert!(is_exact(second, third, extremes) && third == second + 1);
    });
}

/// Values may be recorded between the copy and the acknowledgement, and before the owner notices
/// the acknowledgement. Only extremes among those values are lost, and never the last value.
#[test]
fn of_late_values_the_last_is_never_lost() {
    model(2, || {
        let run = histogram_run();
        record(&run, 1, 1.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || (2..=3).for_each(|i| record(&run, 1, f64::from(i))))
        };
        let (first, extremes) = collect(&run);
        assert!(is_exact(0, first, extremes));
        owner.join().unwrap();
        let (second, extremes) = collect(&run);
        // If both values came after the copy, both may be late.
        assert!(is_exact(first, second, extremes) || second - first == 2);
        record(&run, 1, 4.0);
        let (third, extremes) = collect(&run);
        assert!(is_exact(second, third, extremes) && third == 4);
    });
}

/// Readers take turns, as they do under the readers' lock.
#[test]
fn two_readers_divide_the_values_between_them() {
    model(1, || {
        let run = histogram_run();
        record(&run, 1, 1.0);
        let turn = Arc::new(Mutex::new((0, 0.0_f64)));
        let take = |run: &[AtomicU64], turn: &Mutex<(u64, f64)>| {
            let mut turn = lock(turn);
            let (count, extremes) = collect(run);
            is_exact(turn.0, count, extremes);
            *turn = (count, turn.1.max(extremes.max));
        };
        let other = {
            let (run, turn) = (Arc::clone(&run), Arc::clone(&turn));
            thread::spawn(move || take(&run, &turn))
        };
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || record(&run, 1, 2.0))
        };
        take(&run, &turn);
        other.join().unwrap();
        owner.join().unwrap();
        take(&run, &turn);
        assert_eq!(*lock(&turn), (2, 2.0));
    });
}

#[test]
fn a_histogram_that_starts_over_brings_nothing_old_into_the_interval() {
    model(1, || {
        let run = histogram_run();
        record(&run, 1, 1.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || owner::restart(&run, 2))
        };
        let (count, extremes) = collect(&run);
        assert!(is_exact(0, count, extremes));
        owner.join().unwrap();
        // This holds whether or not the owner saw the acknowledgement.
        assert_eq!(collect(&run), (0, Extremes::NONE));
        assert!(owner::record(&run, 2, BOUNDARIES, 20.0));
        assert_eq!(collect(&run), (1, Extremes::of(20.0)));
    });
}

#[test]
fn a_shard_goes_on_with_the_next_thread() {
    model(3, || {
        let sum = run();
        let histogram = histogram_run();
        let free = Arc::new(Mutex::new(0));
        let work = || {
            let (sum, histogram) = (Arc::clone(&sum), Arc::clone(&histogram));
            let free = Arc::clone(&free);
            move |first: bool| {
                // Only the first thread may create the shard. The other one takes it from the free
                // list, or does nothing.
                if first || std::mem::replace(&mut *lock(&free), 0) == 1 {
                    add(&sum, 1, 1);
                    record(&histogram, 1, 4.0);
                    *lock(&free) = 1;
                    1
                } else {
                    0
                }
            }
        };
        let (a, b) = (work(), work());
        let a = thread::spawn(move || a(true));
        let b = thread::spawn(move || b(false));
        let seen = sum::read(&sum, |tag| tag == 1).unwrap_or(0);
        let mut copied = Copied::of(GRID);
        let count = copied.read(&histogram).map_or(0, |copied| check(copied, 4.0));
        let recorded = a.join().unwrap() + b.join().unwrap();
        assert!(seen <= recorded && count <= recorded);
        assert_eq!(sum::read(&sum, |tag| tag == 1), Some(recorded));
        assert_eq!(check(copied.read(&histogram).unwrap(), 4.0), recorded);
    });
}

#[test]
fn a_shared_sum_loses_nothing_and_is_marked_with_its_value() {
    model(3, || {
        let sum = Arc::new(SharedSum::new());
        let writers = [3_u64, 5].map(|n| {
            let sum = Arc::clone(&sum);
            thread::spawn(move || sum.add(n))
        });
        assert!([None, Some(3), Some(5), Some(8)].contains(&sum.read()));
        writers.into_iter().for_each(|writer| assert_eq!(writer.join().unwrap(), 0));
        assert_eq!(sum.read(), Some(8));
    });
}

#[test]
fn an_addition_to_a_shared_sum_counts_in_the_life_that_it_is_told() {
    model(3, || {
        let sum = Arc::new(SharedSum::new());
        sum.add(100_u64);
        let writer = {
            let sum = Arc::clone(&sum);
            thread::spawn(move || sum.add(7_u64))
        };
        sum.clear();
        sum.clear();
        let life = writer.join().unwrap();
        assert_eq!(sum.read(), Some(7).filter(|_| life == 2), "life {life}");
        assert_eq!(sum.add(1_u64), 2);
        assert_eq!(sum.read(), Some(if life == 2 { 8 } else { 1 }));
    });
}

#[test]
fn what_is_taken_back_from_a_shared_sum_in_its_life_leaves_nothing() {
    model(3, || {
        let sum = Arc::new(SharedSum::new());
        let writer = {
            let sum = Arc::clone(&sum);
            thread::spawn(move || {
                let life = sum.add(1_i64);
                sum.add_in(life, -1_i64, || true);
            })
        };
        sum.clear();
        writer.join().unwrap();
        assert!([None, Some(0)].contains(&sum.read()), "{:?}", sum.read());
    });
}

/// Takes back as `store::take_back` does: the tag is read before the check whether the series was
/// removed since. A removal stores its stamp and then moves the block to that stamp, as
/// `Block::remove` does.
#[test]
fn what_is_taken_back_from_a_run_in_its_life_leaves_nothing() {
    model(3, || {
        let run = run();
        let (stamp, removed) = (Arc::new(AtomicU64::new(1)), Arc::new(AtomicU64::new(1)));
        let owner = {
            let (run, stamp, removed) =
                (Arc::clone(&run), Arc::clone(&stamp), Arc::clone(&removed));
            thread::spawn(move || {
                let write = |tag: u64, n: i64| {
                    if !sum::add(&run, tag, n) {
                        sum::restart(&run, tag, sum::tag(&run) >= removed.load(Acquire));
                        assert!(sum::add(&run, tag, n));
                    }
                };
                let life = stamp.load(Acquire);
                write(life, 1);
                let now = stamp.load(Acquire);
                if life >= removed.load(Acquire) {
                    write(now, -1);
                }
            })
        };
        removed.store(2, sync::Ordering::Release);
        stamp.fetch_add(1, AcqRel);
        owner.join().unwrap();
        let first = removed.load(Acquire);
        let left = sum::read(&run, |tag| tag >= first);
        assert!([None, Some(0)].contains(&left), "{left:?}");
    });
}

/// A series as `store::end_life` and `store::late` end its lives: its stamp, one thread's run, the
/// shared cell, and the ledger, which holds the value that was read of the run.
struct Ended {
    stamp: AtomicU64,
    run: Arc<[AtomicU64; sum::WIDTH]>,
    shared: SharedSum,
    ledger: Mutex<u64>,
}

impl Ended {
    fn new() -> Self {
        let shared = SharedSum::new();
        Self { stamp: AtomicU64::new(1), run: run(), shared, ledger: Mutex::new(0) }
    }

    /// Records 1, as the owner of the run.
    fn record(&self) {
        let stamp = self.stamp.load(Acquire);
        if !sum::add(&self.run, stamp, 1_u64) {
            if self.start_over(stamp) {
                sum::add(&self.run, stamp, 1_u64);
            } else {
                self.shared.add(1_u64);
            }
        }
    }

    fn start_over(&self, stamp: u64) -> bool {
        let Ok(mut read) = self.ledger.try_lock() else { return false };
        let is_read = *read == sum::contents(&self.run).1;
        if is_read {
            *read = 0;
            sum::restart(&self.run, stamp, false);
        }
        is_read
    }

    /// Ends a life, and returns what was recorded in it.
    fn remove(&self) -> u64 {
        let mut read = lock(&self.ledger);
        self.stamp.fetch_add(1, AcqRel);
        self.shared.clear().unwrap_or(0) + self.unread(&mut read)
    }

    fn unread(&self, read: &mut u64) -> u64 {
        let (tag, now) = sum::contents(&self.run);
        if tag == 0 || tag >= self.stamp.load(Acquire) {
            return 0;
        }
        now - std::mem::replace(read, now)
    }

    /// What came late, and what is recorded in the current life.
    fn rest(&self) -> u64 {
        let late = self.unread(&mut lock(&self.ledger));
        let stamp = self.stamp.load(Acquire);
        let live = sum::read(&self.run, |tag| tag == stamp).unwrap_or(0);
        late + live + self.shared.read().unwrap_or(0)
    }
}

#[test]
fn what_is_recorded_while_lives_end_is_read_exactly_once() {
    model(3, || {
        let series = Arc::new(Ended::new());
        series.record();
        let owner = {
            let series = Arc::clone(&series);
            thread::spawn(move || {
                series.record();
                series.record();
            })
        };
        let mut read = series.remove();
        read += series.unread(&mut lock(&series.ledger));
        read += series.remove();
        owner.join().unwrap();
        assert_eq!(read + series.rest(), 3);
    });
}

#[test]
fn a_gauge_that_is_removed_while_it_is_set_has_the_value_or_none() {
    model(3, || {
        let gauge = Arc::new(SharedGauge::new());
        gauge.set(1_u64);
        let writer = {
            let gauge = Arc::clone(&gauge);
            thread::spawn(move || gauge.set(2_u64))
        };
        let remover = {
            let gauge = Arc::clone(&gauge);
            thread::spawn(move || gauge.unset())
        };
        let seen = gauge.read();
        assert!([None, Some(1), Some(2)].contains(&seen), "{seen:?}");
        writer.join().unwrap();
        remover.join().unwrap();
        assert!([None, Some(2)].contains(&gauge.read()), "{:?}", gauge.read());
    });
}

fn add_to_gauge(gauge: &Arc<SharedGauge>, amount: u64) -> thread::JoinHandle<()> {
    let gauge = Arc::clone(gauge);
    thread::spawn(move || {
        gauge.adjust::<u64>(Add(amount));
    })
}

#[test]
fn what_is_added_to_a_gauge_comes_before_a_removal_or_after() {
    model(3, || {
        let gauge = Arc::new(SharedGauge::new());
        gauge.set(10_u64);
        let adders = [1, 2].map(|amount| add_to_gauge(&gauge, amount));
        gauge.unset();
        adders.into_iter().for_each(|adder| adder.join().unwrap());
        assert!([None, Some(1), Some(2), Some(3)].contains(&gauge.read()), "{:?}", gauge.read());
    });
}

#[test]
fn what_is_added_to_a_gauge_is_never_lost() {
    model(3, || {
        let gauge = Arc::new(SharedGauge::new());
        let adders = [1, 2].map(|amount| add_to_gauge(&gauge, amount));
        gauge.take_fresh();
        gauge.adjust::<u64>(Adjustment::Subtract(0));
        adders.into_iter().for_each(|adder| adder.join().unwrap());
        assert_eq!(gauge.read(), Some(3));
    });
}

/// A gauge of 1 that was seen. It expires while `write` writes to it.
fn expires_while(write: fn(&SharedGauge), allowed: &'static [Option<u64>]) {
    model(4, move || {
        let gauge = Arc::new(SharedGauge::new());
        gauge.set(1_u64);
        assert!(gauge.take_fresh());
        let writer = {
            let gauge = Arc::clone(&gauge);
            thread::spawn(move || write(&gauge))
        };
        gauge.unset_if_seen();
        writer.join().unwrap();
        assert!(allowed.contains(&gauge.read()), "{:?}", gauge.read());
        // The write is noted.
        assert!(gauge.take_fresh());
    });
}

#[test]
fn a_gauge_that_expires_while_it_is_set_keeps_the_value() {
    expires_while(|gauge| gauge.set(2_u64), &[Some(2)]);
}

#[test]
fn a_gauge_that_expires_while_it_is_set_to_the_same_value_keeps_it() {
    expires_while(|gauge| gauge.set(1_u64), &[Some(1)]);
}

#[test]
fn what_is_added_to_a_gauge_that_expires_is_kept() {
    expires_while(|gauge| _ = gauge.adjust::<u64>(Add(4)), &[Some(5), Some(4)]);
    expires_while(|gauge| _ = gauge.adjust::<u64>(Add(0)), &[Some(1), Some(0)]);
}

/// A writer with an old stamp, which announces itself in a slot or in the gate.
fn shuts_out_an_old_stamp(has_slot: bool) {
    model(3, move || {
        let cell = Arc::new((Gate::new(1), SharedGauge::new(), Slot::new()));
        let write = |stamp: u64, value: u64, has_slot: bool| {
            let cell = Arc::clone(&cell);
            move || {
                let (gate, gauge, slot) = &*cell;
                let writing = gate.enter(stamp, Some(slot).filter(|_| has_slot));
                if writing.is_some() {
                    gauge.set(value);
                }
                writing.is_some()
            }
        };
        let old = thread::spawn(write(1, 7, has_slot));
        cell.0.admit_from(2, || [&cell.2]);
        cell.1.unset();
        assert_eq!(cell.1.read(), None);
        assert!(write(2, 8, false)());
        assert_eq!(cell.1.read(), Some(8));
        old.join().unwrap();
        assert!(!write(1, 9, false)());
        assert_eq!(cell.1.read(), Some(8));
    });
}

#[test]
fn a_writer_with_an_old_stamp_never_reaches_the_new_labels() {
    shuts_out_an_old_stamp(false);
}

#[test]
fn a_writer_with_a_slot_and_an_old_stamp_never_reaches_the_new_labels() {
    shuts_out_an_old_stamp(true);
}

/// Checks that the parts of a read agree, when each value is 4, and returns the count.
fn check_shared(histogram: &SharedHistogram) -> u64 {
    let totals = histogram.read(false);
    assert_eq!(totals.sum.value(), 4.0 * totals.count() as f64);
    assert_eq!(totals.extremes.is_none(), totals.count() == 0);
    totals.count()
}

#[test]
fn a_shared_histogram_is_read_as_one_and_loses_nothing() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(GRID));
        let writers = [0, 1].map(|_| {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.claim().record(4.0, 1))
        });
        let first = check_shared(&histogram);
        let second = check_shared(&histogram);
        assert!(first <= second && second <= 2);
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(check_shared(&histogram), 2);
    });
}

#[test]
fn two_readers_of_a_shared_histogram_agree() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(GRID));
        let threads = [true, false].map(|writes| {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || match writes {
                true => (0..2).for_each(|_| histogram.claim().record(4.0, 1)),
                false => drop(check_shared(&histogram)),
            })
        });
        check_shared(&histogram);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(check_shared(&histogram), 2);
    });
}

#[test]
fn an_interval_of_a_shared_histogram_ends_for_what_was_read() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(GRID));
        let writer = {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.claim().record(4.0, 1))
        };
        let first = histogram.read(true);
        writer.join().unwrap();
        let second = histogram.read(true);
        // The value is in exactly one of the two intervals.
        assert_ne!(first.interval.is_none(), second.interval.is_none());
        assert_eq!(first.interval.is_none(), first.count() == 0);
        assert_eq!(second.count(), 1);
    });
}

#[test]
fn clearing_a_shared_histogram_forgets_whole_measurements() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(GRID));
        histogram.claim().record(4.0, 1);
        let writer = {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.claim().record(4.0, 1))
        };
        histogram.clear();
        let left = check_shared(&histogram);
        assert!(left <= 1);
        writer.join().unwrap();
        assert!(check_shared(&histogram) <= 1);
    });
}

#[test]
fn of_two_candidates_the_one_with_the_least_key_stays_unless_its_offer_was_dropped() {
    model(3, || {
        let slot = Arc::new(candidate::Slot::new());
        let other = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.offer(1, 0.25, || 'a'))
        };
        let own = slot.offer(1, 0.5, || 'b');
        let other = other.join().unwrap();
        let taken = slot.take(1).unwrap();
        // An offer is dropped only while the other one has the lock.
        assert!(matches!(taken, (0.25, 'a') | (0.5, 'b')));
        assert!(own == 0.5 || own == 0.25 && taken.1 == 'a');
        assert_eq!(other, 0.25);
        assert_eq!(slot.take(1), None);
    });
}

#[test]
fn a_candidate_is_taken_once_and_never_in_another_interval() {
    model(3, || {
        let slot = Arc::new(candidate::Slot::new());
        let writer = {
            let slot = Arc::clone(&slot);
            // The second offer begins the next interval, and the third one is late.
            thread::spawn(move || {
                slot.offer(1, 0.5, || 1);
                slot.offer(2, 0.5, || 2);
                slot.offer(1, 0.25, || 1);
            })
        };
        let taken = [slot.take(1), slot.take(1)];
        assert!(taken.iter().flatten().all(|(_, interval)| *interval == 1));
        let second = slot.take(2);
        writer.join().unwrap();
        assert_eq!(second.or(slot.take(2)), Some((0.5, 2)));
        assert_eq!(slot.take(3), None);
    });
}
