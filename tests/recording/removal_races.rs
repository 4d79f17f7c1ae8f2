//! Races between removal and recording: no value is lost, counted twice or brought back.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;

use typed_metrics::{Counter, DropReason, Label, Metrics, SeriesSnapshot, snapshot, testing};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "races")]
enum Races {
    #[counter(series_limit = 1)]
    Narrow { id: u64 },
    #[counter]
    Wide { id: u64 },
    #[up_down_counter]
    Level { side: Side },
    #[up_down_counter]
    OpenLevel { id: u64 },
    #[up_down_counter]
    Observed,
    #[counter(value = f64)]
    Weight { side: Side },
    #[gauge]
    Reading { id: u64 },
    #[histogram(unit = "By", value = u64, buckets = [1, 10])]
    Whole,
}

fn series(name: &str) -> Vec<SeriesSnapshot> {
    snapshot().get(name).expect("it is defined").series.clone()
}

fn shown(name: &str) -> Vec<(String, f64)> {
    series(name).iter().map(|s| (s.labels.to_string(), s.value.as_f64())).collect()
}

fn labelled(label: &str, value: f64) -> (String, f64) {
    (label.to_owned(), value)
}

#[test]
fn what_comes_after_a_removal_is_never_lost_to_recycling() {
    let _turn = my_turn(); // this test collects in a loop
    // One thread records through the handle of a removed series. Another thread makes a series that
    // takes over its memory. Each measurement must be in its own series or in the overflow series.
    const ROUNDS: u64 = 10_000;
    let (turn, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let slot: Mutex<Option<Counter>> = Mutex::new(None);
    let wait = |for_turn: &AtomicU64, turn| {
        while for_turn.load(Ordering::Acquire) < turn {
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=ROUNDS {
                wait(&turn, round);
                let handle = slot.lock().unwrap().take().expect("a handle was put there");
                // Varies the timing relative to the other thread.
                (0..round % 300).for_each(|_| std::hint::spin_loop());
                handle.inc();
                done.store(round, Ordering::Release);
            }
        });
        let total = || series("races.narrow").iter().map(|s| s.value.as_f64()).sum::<f64>();
        let mut wrong = 0;
        for round in 1..=ROUNDS {
            let own = Races::narrow(0);
            own.remove();
            let before = total();
            *slot.lock().unwrap() = Some(own);
            turn.store(round, Ordering::Release);
            Races::narrow(round).inc();
            wait(&done, round);
            // Not asserted here, because a panic would leave the other thread waiting for ever.
            wrong += u64::from(total() - before != 2.0);
            Races::narrow(round).remove();
            own.remove();
        }
        assert_eq!(wrong, 0, "of {ROUNDS} rounds");
    });
    // The removal of labels that have no series of their own does not affect the overflow series.
    let overflowed = total_of_overflow();
    assert!(overflowed > 0.0);
    Races::narrow(0).inc();
    Races::narrow(1).remove();
    assert_eq!(total_of_overflow(), overflowed);
}

fn total_of_overflow() -> f64 {
    let overflow = series("races.narrow").into_iter();
    overflow
        .filter(|s| s.labels.get("otel.metric.overflow").is_some())
        .map(|s| s.value.as_f64())
        .sum()
}

#[test]
fn while_there_is_room_an_old_handle_finds_its_series_again() {
    let old = Races::wide(1);
    old.inc();
    old.remove();
    Races::wide(2).inc();
    old.add(3);
    assert_eq!(shown("races.wide"), [labelled("id=1", 3.0), labelled("id=2", 1.0)]);
    assert_eq!(snapshot().get("races.wide").unwrap().dropped, []);
}

#[test]
fn a_guard_that_outlives_a_removal_takes_nothing_away() {
    let (left, right) = (Races::level(Side::Left), Races::level(Side::Right));
    let forgotten = left.enter();
    let kept = right.enter();
    left.remove();
    drop(forgotten);
    assert_eq!(shown("races.level"), [labelled("side=right", 1.0)]);
    let again = left.enter();
    drop(kept);
    assert_eq!(shown("races.level"), [labelled("side=left", 1.0), labelled("side=right", 0.0)]);
    drop(again);

    let open = Races::open_level(1);
    let forgotten = open.enter();
    open.remove();
    let again = open.enter();
    drop(forgotten);
    assert_eq!(shown("races.open_level"), [labelled("id=1", 1.0)]);
    drop(again);
    assert_eq!(shown("races.open_level"), [labelled("id=1", 0.0)]);
}

#[test]
fn an_observed_sum_that_is_removed_is_observed_from_zero() {
    static SUM: AtomicI64 = AtomicI64::new(5);
    let observation = Races::observed().observe(|| SUM.load(Ordering::Relaxed));
    assert_eq!(shown("races.observed"), [labelled("", 5.0)]);
    Races::observed().remove();
    SUM.store(7, Ordering::Relaxed);
    assert_eq!(shown("races.observed"), [labelled("", 7.0)]);
    Races::observed().remove();
    drop(observation);
    // Another test's collection may have called the callback after the removal. In this case, the
    // end of the observation has subtracted the observed sum, and a zero is left.
    let left = shown("races.observed");
    assert!(left.is_empty() || left == [labelled("", 0.0)], "{left:?}");
}

#[test]
fn a_removed_sum_of_floats_stays_away_and_begins_at_zero() {
    let weight = Races::weight(Side::Left);
    for i in 0..1000 {
        thread::scope(|scope| {
            scope.spawn(move || weight.add(0.1 + f64::from(i) * 1e9));
        });
    }
    Races::weight(Side::Right).add(0.25);
    weight.remove();
    // A capture moves counts from shard to shard.
    let _ = testing::capture(|| Races::weight(Side::Right).add(0.5));
    assert_eq!(shown("races.weight"), [labelled("side=right", 0.75)]);
    weight.add(0.1);
    assert_eq!(shown("races.weight"), [labelled("side=left", 0.1), labelled("side=right", 0.75)]);
}

#[test]
fn an_observed_gauge_that_fails_once_keeps_its_series() {
    static VALUE: Mutex<f64> = Mutex::new(1.0);
    let _observation = Races::reading(1).observe(|| *VALUE.lock().unwrap());
    assert_eq!(shown("races.reading"), [labelled("id=1", 1.0)]);
    *VALUE.lock().unwrap() = f64::NAN;
    assert_eq!(shown("races.reading"), []);
    Races::reading(2).set(2);
    *VALUE.lock().unwrap() = 3.0;
    assert_eq!(shown("races.reading"), [labelled("id=1", 3.0), labelled("id=2", 2.0)]);
}

#[test]
fn a_histogram_of_integers_drops_what_is_none() {
    Races::whole().record(3);
    Races::Whole.record(1.5);
    Races::whole().record(-3);
    Races::Whole.record(2.0);
    let snapshot = snapshot();
    let whole = snapshot.get("races.whole").unwrap();
    let histogram = whole.series[0].value.as_histogram().unwrap();
    assert_eq!((histogram.count, histogram.sum), (2, 5.0));
    assert_eq!(whole.dropped, [(DropReason::Negative, 1), (DropReason::WrongType, 1)]);
}
