//! Ended threads leave all their counts, little memory, and little work for readers.

#![cfg(not(loom))]
#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::cell::RefCell;
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics_core::testing::{Scope, capture, capture_thread};
use typed_metrics_core::{HistogramSnapshot, Reader, Snapshot, Value, snapshot};
use typed_metrics_derive::{Label, Metrics};

#[derive(Debug, Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "ended")]
enum Ended {
    #[counter]
    Plain { side: Side },
    #[up_down_counter]
    Level { side: Side },
    #[counter(value = f64)]
    Seconds { side: Side },
    #[histogram(buckets = [0, 100])]
    Sizes { side: Side },
    #[counter]
    Open { id: u32 },
    #[histogram(buckets = [0, 100])]
    OpenSizes { id: u32 },
    #[counter]
    Lost { id: u32 },
    #[histogram(buckets = [0, 100])]
    Many { id: u32 },
    #[up_down_counter]
    Churn { id: u32 },
}

/// The tests take turns, because they compare times and memory.
static TURN: Mutex<()> = Mutex::new(());

/// Runs `f` in `threads` threads that all live at the same time.
fn together(threads: u32, f: impl Fn(u32) + Sync) {
    let barrier = Barrier::new(threads as usize);
    thread::scope(|scope| {
        for id in 0..threads {
            let (f, barrier) = (&f, &barrier);
            scope.spawn(move || {
                f(id);
                barrier.wait();
            });
        }
    });
}

fn value(snapshot: &Snapshot, metric: &str, labels: &str) -> Option<Value> {
    let series = &snapshot.get(metric)?.series;
    series.iter().find(|s| s.labels.to_string() == labels).map(|s| s.value.clone())
}

fn histogram(snapshot: &Snapshot, metric: &str, labels: &str) -> HistogramSnapshot {
    value(snapshot, metric, labels).unwrap().as_histogram().unwrap().clone()
}

#[test]
fn every_count_of_ended_threads_is_kept() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (often, seldom) = (Reader::new(), Reader::new());
    let threads = 20;
    let rounds = 30;
    for round in 1..=rounds {
        together(threads, |id| {
            let side = [Side::Left, Side::Right][id as usize % 2];
            Ended::plain(side).add(3);
            Ended::level(side).add(if id < 10 { 2 } else { -1 });
            Ended::seconds(side).add(0.25);
            Ended::sizes(side).record(f64::from(id + round));
            Ended::open(id % 3).inc();
            Ended::open_sizes(id % 3).record(f64::from(1000 * round + id));
        });
        let seen = often.collect();
        for side in ["side=left", "side=right"] {
            let all = u64::from(10 * round);
            assert_eq!(value(&seen, "ended.plain", side), Some(Value::U64(3 * all)));
            assert_eq!(value(&seen, "ended.level", side), Some(Value::I64(i64::from(5 * round))));
            let seconds = f64::from(round) * 2.5;
            assert_eq!(value(&seen, "ended.seconds", side), Some(Value::F64(seconds)));
            let sizes = histogram(&seen, "ended.sizes", side);
            assert_eq!((sizes.count, sizes.interval.unwrap().count), (all, 10));
        }
        let left = histogram(&seen, "ended.sizes", "side=left").interval.unwrap();
        assert_eq!((left.min, left.max), (f64::from(round), f64::from(18 + round)));
        let first = histogram(&seen, "ended.open_sizes", "id=0");
        assert_eq!(first.count, u64::from(7 * round));
        let interval = first.interval.unwrap();
        let least = f64::from(1000 * round);
        assert_eq!((interval.count, interval.min, interval.max), (7, least, least + 18.0));
        assert_eq!(value(&seen, "ended.open", "id=1"), Some(Value::U64(u64::from(7 * round))));
    }
    let all = histogram(&seldom.collect(), "ended.open_sizes", "id=1").interval.unwrap();
    assert_eq!((all.count, all.min, all.max), (u64::from(7 * rounds), 1001.0, 30_019.0));

    // Removed series do not come back with what was folded.
    Ended::open(1).remove();
    Ended::plain(Side::Left).remove();
    together(threads, |_| Ended::seconds(Side::Left).add(1.0));
    let seen = snapshot();
    assert_eq!(value(&seen, "ended.open", "id=1"), None);
    assert_eq!(value(&seen, "ended.plain", "side=left"), None);
    Ended::plain(Side::Left).inc();
    assert_eq!(value(&snapshot(), "ended.plain", "side=left"), Some(Value::U64(1)));
}

#[test]
fn threads_record_and_series_are_removed_while_shards_are_folded() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let waves = if cfg!(miri) { 3 } else { 300 };
    thread::scope(|scope| {
        let living = scope.spawn(|| {
            for _ in 0..waves * 1000 {
                Ended::churn(0).inc();
                Ended::churn(1).inc();
            }
        });
        for wave in 0..waves {
            together(4, |_| (0..100).for_each(|_| Ended::churn(0).inc()));
            Ended::churn(2 + wave % 2).inc();
            Ended::churn(2 + (wave + 1) % 2).remove();
            let seen = snapshot();
            let Some(Value::I64(all)) = value(&seen, "ended.churn", "id=0") else { panic!() };
            let least = i64::from(400 * (wave + 1));
            assert!(all >= least && all <= least + i64::from(waves * 1000), "{all}");
            let newest = format!("id={}", 2 + wave % 2);
            assert_eq!(value(&seen, "ended.churn", &newest), Some(Value::I64(1)));
        }
        living.join().unwrap();
    });
    let all = value(&snapshot(), "ended.churn", "id=0");
    assert_eq!(all, Some(Value::I64(i64::from(waves * 1400))));
}

#[test]
#[cfg(not(miri))]
fn a_snapshot_after_many_threads_costs_as_much_as_after_one() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let record = |_| (0..500).for_each(|id| Ended::many(id).record(5));
    let time = || {
        let times = (0..100).map(|_| {
            let start = Instant::now();
            let count = histogram(&snapshot(), "ended.many", "id=499").count;
            (start.elapsed(), count)
        });
        times.fold((Duration::MAX, 0), |best, now| (best.0.min(now.0), now.1))
    };
    together(1, record);
    let (one, count) = time();
    assert_eq!(count, 1);
    together(400, record);
    let (many, count) = time();
    assert_eq!(count, 401);
    // Without folding, the ratio is far above 10.
    assert!(many < 10 * one, "{many:?} after {one:?}");
}

thread_local! {
    static KEPT: RefCell<Option<Box<dyn std::any::Any>>> = const { RefCell::new(None) };
}

#[test]
fn captures_that_end_with_their_thread_leave_their_counts_and_no_memory() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = if cfg!(miri) { 20 } else { 8_000 };
    let before = resident();
    for id in 0..threads {
        let end_with_capture = move || {
            let mut kept: Option<Box<dyn std::any::Any>> = None;
            // Whether the thread's other memory outlives the capture depends on which is used
            // first.
            if id % 2 == 0 {
                KEPT.set(None);
            }
            if id % 3 == 0 {
                kept = Some(Box::new(capture_thread()));
                Ended::lost(id % 2).inc();
            } else {
                let seen = capture(|| {
                    kept = Some(Box::new(Scope::current()));
                    Ended::lost(id % 2).inc();
                });
                seen.assert_counter(Ended::Lost { id: id % 2 }, 1);
            }
            KEPT.set(kept);
        };
        thread::spawn(end_with_capture).join().unwrap();
    }
    let seen = snapshot();
    for id in ["id=0", "id=1"] {
        assert_eq!(value(&seen, "ended.lost", id), Some(Value::U64(u64::from(threads / 2))));
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 << 20, "{grown} bytes for {threads} captures");
}

/// The memory of this process in bytes; 0 where it is unknown.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
