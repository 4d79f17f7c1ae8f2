//! The protocols of `cells` under every interleaving and every reordering that the memory model
//! allows, as far as loom explores them.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p typed-metrics-core --release --test loom`
//!
//! This program compiles `cells` for itself, with loom's atomics. The rest of the engine needs
//! statics, which loom has not; so the hand-over of a shard from thread to thread and the removal of
//! a series are spelled out here, with the same orderings.
#![cfg(loom)]
#![allow(dead_code, missing_docs, unreachable_pub)]

#[path = "../src/cells"]
mod cells {
    pub(crate) mod histogram;
    pub(crate) mod shared;
    pub(crate) mod sum;
}
#[path = "../src/number.rs"]
mod number;
#[path = "../src/sync.rs"]
mod sync;

use std::sync::Arc;

use cells::histogram::{self, Copied};
use cells::shared::{Gate, SharedCell, SharedHistogram};
use cells::sum;
use loom::thread;
use sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire},
    fence, lock,
};

const BOUNDARIES: &[f64] = &[10.0];

/// Explores what fits into seconds: every schedule with at most so many preemptions.
fn model(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(f);
}

fn run<const N: usize>() -> Arc<[AtomicU64; N]> {
    Arc::new(std::array::from_fn(|_| AtomicU64::new(0)))
}

fn histogram_run() -> Arc<Vec<AtomicU64>> {
    Arc::new((0..histogram::width(BOUNDARIES.len())).map(|_| AtomicU64::new(0)).collect())
}

fn add(run: &[AtomicU64; sum::WIDTH], tag: u64, n: u64) {
    if !sum::add(run, tag, n) {
        sum::restart(run, tag, false);
        assert!(sum::add(run, tag, n));
    }
}

fn record(run: &[AtomicU64], tag: u64, value: f64) {
    if !histogram::record(run, tag, BOUNDARIES, value) {
        histogram::restart(run, tag, histogram::tag(run) != 0);
        assert!(histogram::record(run, tag, BOUNDARIES, value));
    }
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

/// As `read::read` does it: what was read counts only if the series is still the same afterwards.
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
            // Between the removal and the first measurement after it there may be a bare zero.
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

/// Checks what belongs together and returns the count.
fn check(copied: &Copied, value: f64) -> u64 {
    let count: u64 = copied.buckets().iter().sum();
    assert_eq!(copied.sum(), value * count as f64);
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
        let mut copied = Copied::default();
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
fn a_histogram_that_starts_over_is_read_as_one() {
    model(2, || {
        let run = histogram_run();
        record(&run, 1, 4.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || {
                histogram::restart(&run, 2, false);
                assert!(histogram::record(&run, 2, BOUNDARIES, 20.0));
            })
        };
        let mut copied = Copied::default();
        let copied = copied.read(&run).unwrap();
        match copied.tag() {
            1 => assert_eq!(check(copied, 4.0), 1),
            2 => assert!(check(copied, 20.0) <= 1),
            tag => panic!("{tag}"),
        }
        owner.join().unwrap();
    });
}

#[test]
fn a_new_interval_keeps_all_but_its_extremes() {
    model(2, || {
        let run = histogram_run();
        record(&run, 1, 4.0);
        let owner = {
            let run = Arc::clone(&run);
            thread::spawn(move || record(&run, 2, 20.0))
        };
        let mut copied = Copied::default();
        let copied = copied.read(&run).unwrap();
        let interval = copied.interval();
        match (copied.tag(), copied.buckets()) {
            (1, [1, 0]) => assert_eq!((interval.min, interval.max), (4.0, 4.0)),
            (2, [1, 0]) => assert!(interval.is_none()),
            (2, [1, 1]) => {
                assert_eq!((interval.min, interval.max), (20.0, 20.0));
                assert_eq!((copied.extremes().min, copied.extremes().max), (4.0, 20.0));
            }
            other => panic!("{other:?}"),
        }
        owner.join().unwrap();
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
                // Who is not the first finds the shard in the free list, or is a thread more.
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
        let mut copied = Copied::default();
        let count = copied.read(&histogram).map_or(0, |copied| check(copied, 4.0));
        let recorded = a.join().unwrap() + b.join().unwrap();
        assert!(seen <= recorded && count <= recorded);
        assert_eq!(sum::read(&sum, |tag| tag == 1), Some(recorded));
        assert_eq!(check(copied.read(&histogram).unwrap(), 4.0), recorded);
    });
}

#[test]
fn a_shared_cell_loses_nothing_and_is_marked_with_its_value() {
    model(3, || {
        let cell = Arc::new(SharedCell::new());
        let writers = [3_u64, 5].map(|n| {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(n))
        });
        assert!([None, Some(3), Some(5), Some(8)].contains(&cell.read()));
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(cell.read(), Some(8));
    });
}

#[test]
fn a_gauge_that_is_removed_while_it_is_set_has_the_value_or_none() {
    model(3, || {
        let cell = Arc::new(SharedCell::new());
        cell.set(1);
        let writer = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.set(2))
        };
        let remover = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.unset())
        };
        let seen = cell.read();
        assert!([None, Some(1), Some(2)].contains(&seen), "{seen:?}");
        writer.join().unwrap();
        remover.join().unwrap();
        assert!([None, Some(2)].contains(&cell.read()), "{:?}", cell.read());
    });
}

#[test]
fn a_shared_sum_that_is_removed_while_it_is_added_to_forgets_whole_measurements() {
    model(3, || {
        let cell = Arc::new(SharedCell::new());
        cell.add(100_u64);
        let writer = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.add(7_u64))
        };
        cell.clear();
        writer.join().unwrap();
        assert!([None, Some(0), Some(7)].contains(&cell.read()), "{:?}", cell.read());
        cell.add(1_u64);
        assert!([Some(1), Some(8)].contains(&cell.read()), "{:?}", cell.read());
    });
}

#[test]
fn a_writer_of_the_old_tenancy_never_reaches_the_new_one() {
    model(3, || {
        let cell = Arc::new((Gate::new(1), SharedCell::new()));
        let write = |tenancy: u32, value: u64| {
            let cell = Arc::clone(&cell);
            move || {
                let writing = cell.0.enter(tenancy);
                if writing.is_some() {
                    cell.1.set(value);
                }
                writing.is_some()
            }
        };
        let old = thread::spawn(write(1, 7));
        cell.0.admit_from(2);
        cell.1.unset();
        assert_eq!(cell.1.read(), None);
        assert!(write(2, 8)());
        assert_eq!(cell.1.read(), Some(8));
        old.join().unwrap();
        assert!(!write(1, 9)());
        assert_eq!(cell.1.read(), Some(8));
    });
}

/// Checks what belongs together when each value is 4 and returns the count.
fn check_shared(histogram: &SharedHistogram) -> u64 {
    let totals = histogram.read(false);
    assert_eq!(totals.sum, 4.0 * totals.count() as f64);
    assert_eq!(totals.extremes.is_none(), totals.count() == 0);
    totals.count()
}

#[test]
fn a_shared_histogram_is_read_as_one_and_loses_nothing() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(BOUNDARIES.len()));
        let writers = [0, 1].map(|_| {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.record(BOUNDARIES, 4.0))
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
        let histogram = Arc::new(SharedHistogram::new(BOUNDARIES.len()));
        let threads = [true, false].map(|writes| {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || match writes {
                true => (0..2).for_each(|_| histogram.record(BOUNDARIES, 4.0)),
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
        let histogram = Arc::new(SharedHistogram::new(BOUNDARIES.len()));
        let writer = {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.record(BOUNDARIES, 4.0))
        };
        let first = histogram.read(true);
        writer.join().unwrap();
        let second = histogram.read(true);
        // In one interval or in the other, not in both, not in none.
        assert_ne!(first.interval.is_none(), second.interval.is_none());
        assert_eq!(first.interval.is_none(), first.count() == 0);
        assert_eq!(second.count(), 1);
    });
}

#[test]
fn clearing_a_shared_histogram_forgets_whole_measurements() {
    model(2, || {
        let histogram = Arc::new(SharedHistogram::new(BOUNDARIES.len()));
        histogram.record(BOUNDARIES, 4.0);
        let writer = {
            let histogram = Arc::clone(&histogram);
            thread::spawn(move || histogram.record(BOUNDARIES, 4.0))
        };
        histogram.clear();
        let left = check_shared(&histogram);
        assert!(left <= 1);
        writer.join().unwrap();
        assert!(check_shared(&histogram) <= 1);
    });
}
