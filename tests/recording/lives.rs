//! A removal is one event: guards, observations, captures and readers see a measurement before it
//! or after it, and never half of it.

use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::thread;

use typed_metrics::testing::capture;
use typed_metrics::{ChangeReader, Label, Metrics, Reader, UpDownCounter, Value, snapshot};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "lives")]
enum Lives<'a> {
    #[up_down_counter]
    Fixed { side: Side },
    #[up_down_counter(value = f64)]
    FixedFloat { side: Side },
    #[up_down_counter]
    Open { name: &'a str },
    #[up_down_counter(series_limit = 1)]
    Narrow { name: &'a str },
    #[up_down_counter]
    Observed,
    #[counter]
    Captured { name: &'a str },
    #[counter]
    Plain { side: Side },
    #[up_down_counter]
    InFlight,
    #[gauge]
    FixedGauge { side: Side },
    #[histogram(buckets = [1, 2])]
    Size { name: &'a str },
}

/// The value of the series with these labels; `None` if nothing was recorded.
fn value(metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
    Some(snapshot().get(metric)?.series_with(labels)?.value.as_f64())
}

/// Enters and leaves in one thread, while another removes the series again and again. In the end
/// nobody is inside.
fn nobody_stays_inside<T: typed_metrics::Number>(
    handle: impl Fn() -> UpDownCounter<T> + Sync,
    value: impl Fn() -> Option<f64>,
) {
    let is_done = AtomicBool::new(false);
    for round in 0..20 {
        is_done.store(false, Relaxed);
        thread::scope(|scope| {
            let entering = scope.spawn(|| {
                while !is_done.load(Relaxed) {
                    drop(handle().enter());
                    let outer = handle().enter();
                    drop(handle().enter());
                    drop(outer);
                }
            });
            (0..200).for_each(|_| handle().remove());
            is_done.store(true, Relaxed);
            entering.join().unwrap();
        });
        assert!(value().is_none_or(|value| value == 0.0), "round {round}: {:?}", value());
    }
}

#[test]
fn a_guard_counts_for_nothing_after_a_removal_at_any_moment() {
    let _turn = my_turn();
    let left: &[_] = &[("side", "left")];
    nobody_stays_inside(|| Lives::fixed(Side::Left), || value("lives.fixed", left));
    nobody_stays_inside(|| Lives::fixed_float(Side::Left), || value("lives.fixed_float", left));
    let open: &[_] = &[("name", "a")];
    nobody_stays_inside(|| Lives::open("a"), || value("lives.open", open));
}

#[test]
fn a_guard_survives_the_removal_of_a_sibling() {
    let _turn = my_turn();
    let inside = Lives::fixed(Side::Right).enter();
    Lives::fixed(Side::Left).inc();
    Lives::fixed(Side::Left).remove();
    assert_eq!(value("lives.fixed", &[("side", "right")]), Some(1.0));
    drop(inside);
    assert_eq!(value("lives.fixed", &[("side", "right")]), Some(0.0));
}

#[test]
fn a_guard_in_the_overflow_series_leaves_the_overflow_series() {
    let _turn = my_turn();
    let kept = Lives::narrow("a");
    kept.inc();
    kept.dec();
    kept.remove();
    Lives::narrow("b").inc();
    // The memory belongs to `b` now.
    let inside = kept.enter();
    let overflow: &[_] = &[("otel.metric.overflow", "true")];
    assert_eq!(value("lives.narrow", overflow), Some(1.0));
    Lives::narrow("b").remove();
    drop(inside);
    assert_eq!(value("lives.narrow", overflow), Some(0.0));
}

#[test]
fn an_observed_sum_is_whole_after_a_removal_during_a_collection() {
    let _turn = my_turn();
    let level = std::sync::Arc::new(AtomicI64::new(7));
    let observation = Lives::observed().observe({
        let level = std::sync::Arc::clone(&level);
        move || level.load(Relaxed)
    });
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Relaxed) {
                Lives::observed().remove();
            }
        });
        for now in 0..3_000 {
            level.store(now % 50 + 1, Relaxed);
            // The snapshot itself may see the series removed.
            let seen = value("lives.observed", &[]);
            assert!(seen.is_none_or(|seen| seen == (now % 50 + 1) as f64), "{now}: {seen:?}");
        }
        is_done.store(true, Relaxed);
    });
    level.store(9, Relaxed);
    assert_eq!(value("lives.observed", &[]), Some(9.0));
    drop(observation);
    assert!(value("lives.observed", &[]).is_none_or(|value| value == 0.0));
}

#[test]
fn the_end_of_a_capture_brings_nothing_back_that_was_removed() {
    let _turn = my_turn();
    const ROUNDS: u64 = 3_000;
    let (recorded, removed) = (AtomicU64::new(0), AtomicU64::new(0));
    let wait = |round: &AtomicU64, until| {
        while round.load(Acquire) < until {
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=ROUNDS {
                wait(&recorded, round);
                Lives::captured("a").remove();
                removed.store(round, Release);
            }
        });
        for round in 1..=ROUNDS {
            let capture = capture(|| Lives::captured("a").inc());
            // From here on, the measurement is older than the removal.
            recorded.store(round, Release);
            drop(capture);
            wait(&removed, round);
            let value = value("lives.captured", &[("name", "a")]);
            assert_eq!(value, None, "round {round}");
        }
    });
}

#[test]
fn zero_is_a_value_after_a_removal_and_in_a_capture() {
    let _turn = my_turn();
    let left: &[_] = &[("side", "left")];
    let plain = Lives::plain(Side::Left);
    plain.add(5);
    plain.remove();
    plain.add(0);
    assert_eq!(value("lives.plain", left), Some(0.0));
    plain.add(3);
    assert_eq!(value("lives.plain", left), Some(3.0));
    plain.remove();
    assert_eq!(value("lives.plain", left), None);

    let recorded = capture(|| {
        plain.add(0);
        drop(Lives::in_flight().enter());
    });
    let nothing = std::panic::catch_unwind(|| recorded.assert_nothing());
    assert!(nothing.is_err(), "zero was recorded");
    assert_eq!(value("lives.plain", left), Some(0.0));
    assert_eq!(value("lives.in_flight", &[]), Some(0.0));
}

#[test]
fn a_sum_wraps_and_keeps_its_series() {
    let _turn = my_turn();
    let right: &[_] = &[("side", "right")];
    let plain = Lives::plain(Side::Right);
    plain.add(u64::MAX);
    plain.inc();
    let held = || snapshot().get("lives.plain").unwrap().series_with(right).unwrap().value.clone();
    assert_eq!(held(), Value::U64(0));
    (0..4).for_each(|_| plain.add(1_u64 << 62));
    assert_eq!(held(), Value::U64(0));
    plain.add(u64::from(u32::MAX) + 1);
    assert_eq!(held(), Value::U64(1 << 32));
    plain.remove();
}

#[test]
fn the_removal_of_a_gauge_with_fixed_labels_is_reported() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    let changes = || {
        let changes = reader.changes(|metric| metric.name() == "lives.fixed_gauge");
        let of =
            |metric: &typed_metrics::MetricChanges| (metric.series.len(), metric.removed.len());
        changes.metrics.first().map(of).unwrap_or_default()
    };
    Lives::fixed_gauge(Side::Left).set(1);
    Lives::fixed_gauge(Side::Right).set(2);
    assert_eq!(changes(), (2, 0));
    Lives::fixed_gauge(Side::Left).remove();
    assert_eq!(changes(), (1, 1));
    Lives::fixed_gauge(Side::Left).set(3);
    assert_eq!(changes(), (2, 0));
    Lives::fixed_gauge(Side::Left).remove();
    Lives::fixed_gauge(Side::Right).remove();
    assert_eq!(changes(), (0, 2));
}

#[test]
fn a_reader_that_does_not_collect_keeps_nothing_of_removed_series() {
    let _turn = my_turn();
    let _idle = Reader::new();
    let active = Reader::new();
    let kept = Lives::size("a");
    let rounds = |rounds: usize| {
        allocation_counter::measure(|| {
            for _ in 0..rounds {
                kept.record(1);
                drop(active.collect());
                kept.remove();
            }
        })
    };
    rounds(200);
    let grown = rounds(2_000).bytes_current;
    assert!(grown < 20_000, "{grown} bytes in 2000 rounds");
}
