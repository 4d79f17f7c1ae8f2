//! A removed series is gone, starts again from zero, and does not affect other series.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;

use typed_metrics::{Label, Metrics, Reader, Value};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "removal")]
enum Removal<'a> {
    #[counter]
    Count { side: Side },
    #[counter(value = f64)]
    Seconds { side: Side },
    #[up_down_counter]
    Level { side: Side },
    #[gauge]
    Size { side: Side },
    #[histogram(buckets = [1, 10])]
    Sizes { side: Side },
    #[counter]
    OpenCount { name: &'a str },
    #[up_down_counter]
    OpenLevel { name: &'a str },
    #[gauge(value = i64)]
    OpenSize { name: &'a str },
    #[histogram(buckets = [1, 10])]
    OpenSizes { name: &'a str },
    #[up_down_counter]
    Zero { side: Side },
    #[counter]
    AddZero { side: Side },
    #[counter]
    OpenAddZero { name: &'a str },
    #[counter(series_limit = 4)]
    Recycled { id: u64 },
    #[histogram(buckets = [10, 20, 30], series_limit = 4)]
    RecycledSizes { id: u64 },
    #[gauge(value = u64, series_limit = 4)]
    RecycledGauge { id: u64 },
    #[histogram(buckets = [1, 10])]
    Raced { side: Side },
    #[counter]
    RacedCount { side: Side },
}

fn shown(name: &str) -> Vec<(String, f64)> {
    let snapshot = typed_metrics::snapshot();
    let series = &snapshot.get(name).unwrap().series;
    series.iter().map(|s| (s.labels.to_string(), s.value.as_f64())).collect()
}

fn is(name: &str, expected: &[(&str, f64)]) {
    let shown = shown(name);
    let found: Vec<_> = shown.iter().map(|(labels, value)| (labels.as_str(), *value)).collect();
    assert_eq!(found, expected, "{name}");
}

/// Calls `f` in this thread and in another thread.
fn twice(f: impl Fn() + Sync) {
    f();
    thread::scope(|scope| {
        scope.spawn(&f);
    });
}

#[test]
fn a_fixed_counter() {
    twice(|| Removal::count(Side::Left).add(5));
    twice(|| Removal::count(Side::Right).add(1));
    is("removal.count", &[("side=left", 10.0), ("side=right", 2.0)]);
    let left = Removal::count(Side::Left);
    left.remove();
    is("removal.count", &[("side=right", 2.0)]);
    left.remove();
    twice(|| left.add(2));
    is("removal.count", &[("side=left", 4.0), ("side=right", 2.0)]);
    left.remove();
    Removal::count(Side::Right).remove();
    is("removal.count", &[]);
    twice(|| Removal::count(Side::Right).inc());
    is("removal.count", &[("side=right", 2.0)]);
}

#[test]
fn a_fixed_float_counter() {
    twice(|| Removal::seconds(Side::Left).add(0.1));
    Removal::seconds(Side::Left).remove();
    is("removal.seconds", &[]);
    twice(|| Removal::seconds(Side::Left).add(0.25));
    let shown = shown("removal.seconds");
    assert!((shown[0].1 - 0.5).abs() < 1e-12, "{shown:?}");
}

#[test]
fn a_fixed_up_down_counter() {
    twice(|| Removal::level(Side::Left).add(-5));
    Removal::level(Side::Left).remove();
    is("removal.level", &[]);
    let busy = Removal::level(Side::Left).enter();
    is("removal.level", &[("side=left", 1.0)]);
    drop(busy);
    // A recorded series is still shown at zero.
    is("removal.level", &[("side=left", 0.0)]);
    Removal::level(Side::Left).remove();
    is("removal.level", &[]);
}

#[test]
fn a_fixed_gauge() {
    Removal::size(Side::Left).set(5);
    Removal::size(Side::Right).set(0);
    is("removal.size", &[("side=left", 5.0), ("side=right", 0.0)]);
    Removal::size(Side::Left).remove();
    is("removal.size", &[("side=right", 0.0)]);
    Removal::size(Side::Left).set(-1);
    is("removal.size", &[("side=left", -1.0), ("side=right", 0.0)]);
}

#[test]
fn a_fixed_histogram() {
    let reader = Reader::new();
    let read = || {
        let snapshot = reader.collect();
        let series = snapshot.get("removal.sizes").unwrap().series.clone();
        let one = |series: typed_metrics::SeriesSnapshot| {
            let histogram = series.value.as_histogram().unwrap().clone();
            let interval = histogram.interval.map(|i| (i.count, i.sum, i.min, i.max));
            let all = (histogram.count, histogram.sum, histogram.min, histogram.max);
            (series.labels.to_string(), all, interval)
        };
        series.into_iter().map(one).collect::<Vec<_>>()
    };
    let (left, right) = ("side=left".to_owned(), "side=right".to_owned());
    twice(|| Removal::sizes(Side::Left).record(100));
    twice(|| Removal::sizes(Side::Right).record(2));
    let (l, r) = ((2, 200.0, 100.0, 100.0), (2, 4.0, 2.0, 2.0));
    assert_eq!(read(), [(left.clone(), l, Some(l)), (right.clone(), r, Some(r))]);
    Removal::sizes(Side::Left).remove();
    assert_eq!(read(), [(right.clone(), r, None)]);
    // The series begins at zero, and is new to every reader.
    twice(|| Removal::sizes(Side::Left).record(3));
    let l = (2, 6.0, 3.0, 3.0);
    assert_eq!(read(), [(left.clone(), l, Some(l)), (right.clone(), r, None)]);
    // A removal between two collections does not affect the neighbouring series.
    Removal::sizes(Side::Right).record(4);
    Removal::sizes(Side::Left).remove();
    Removal::sizes(Side::Right).record(1);
    let r = (4, 9.0, 1.0, 4.0);
    assert_eq!(read(), [(right, r, Some((2, 5.0, 1.0, 4.0)))]);
}

#[test]
fn open_series_of_each_kind() {
    let (count, level) = (Removal::open_count("a"), Removal::open_level("a"));
    let (size, sizes) = (Removal::open_size("a"), Removal::open_sizes("a"));
    Removal::open_count("b").inc();
    for round in 1..4_u32 {
        twice(|| {
            count.add(u64::from(round));
            level.add(-i64::from(round));
            size.set(round);
            sizes.record(round);
        });
        let round = f64::from(round);
        is("removal.open_count", &[("name=a", 2.0 * round), ("name=b", 1.0)]);
        is("removal.open_level", &[("name=a", -2.0 * round)]);
        is("removal.open_size", &[("name=a", round)]);
        is("removal.open_sizes", &[("name=a", 2.0 * round)]);
        count.remove();
        level.remove();
        size.remove();
        sizes.remove();
        is("removal.open_count", &[("name=b", 1.0)]);
        is("removal.open_level", &[]);
        is("removal.open_size", &[]);
        is("removal.open_sizes", &[]);
    }
    // A handle made after the removal and a handle made before it name the same series.
    Removal::open_count("a").inc();
    count.inc();
    is("removal.open_count", &[("name=a", 2.0), ("name=b", 1.0)]);
    // The removal forgets the count of the guard, and the end of the guard subtracts nothing.
    let busy = level.enter();
    level.remove();
    drop(busy);
    is("removal.open_level", &[]);
}

#[test]
fn zero_is_a_value() {
    let zero = Removal::zero(Side::Left);
    is("removal.zero", &[]);
    zero.inc();
    zero.dec();
    is("removal.zero", &[("side=left", 0.0)]);
    // One thread increments, another thread decrements.
    let right = Removal::zero(Side::Right);
    right.inc();
    thread::spawn(move || right.dec()).join().unwrap();
    is("removal.zero", &[("side=left", 0.0), ("side=right", 0.0)]);

    Removal::add_zero(Side::Right).add(0);
    is("removal.add_zero", &[("side=right", 0.0)]);
    Removal::open_add_zero("a").add(0);
    is("removal.open_add_zero", &[("name=a", 0.0)]);
    Removal::add_zero(Side::Right).remove();
    Removal::open_add_zero("a").remove();
    is("removal.add_zero", &[]);
    is("removal.open_add_zero", &[]);
    Removal::add_zero(Side::Right).add(0);
    Removal::open_add_zero("a").add(0);
    is("removal.add_zero", &[("side=right", 0.0)]);
    is("removal.open_add_zero", &[("name=a", 0.0)]);
    // Making a handle records nothing.
    let _ = Removal::add_zero(Side::Left);
    let _ = Removal::open_add_zero("b");
    is("removal.add_zero", &[("side=right", 0.0)]);
    is("removal.open_add_zero", &[("name=a", 0.0)]);
}

/// Several threads remove series of a few ids and record in them again and again. Their handles
/// outlive many series in the same memory. Each series may only contain values of its own id.
#[test]
fn recycling_never_puts_a_value_under_other_labels() {
    let _turn = my_turn(); // this test collects in a loop
    let done = AtomicBool::new(false);
    let ids = 12_u64;
    thread::scope(|scope| {
        for worker in 0..3 {
            let done = &done;
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(worker);
                let mut handles = Vec::new();
                while !done.load(Relaxed) {
                    let id = random.u64(0..ids);
                    match random.u8(0..8) {
                        0 => Removal::recycled(id).remove(),
                        1 => Removal::recycled_sizes(id).remove(),
                        2 => Removal::recycled_gauge(id).remove(),
                        3 => {
                            let sizes = Removal::recycled_sizes(id);
                            handles.push((
                                id,
                                Removal::recycled(id),
                                sizes,
                                Removal::recycled_gauge(id),
                            ));
                        }
                        _ => {}
                    }
                    if handles.len() > 50 {
                        handles.drain(..random.usize(1..50));
                    }
                    if !handles.is_empty() {
                        let (id, count, sizes, gauge) = handles[random.usize(..handles.len())];
                        // The check below finds the amount of a smaller id by its remainder.
                        count.add(1_u64 << (4 * id));
                        sizes.record(id);
                        gauge.set(id + 1000);
                    }
                    if random.u8(..) < 64 {
                        Removal::recycled(id).remove();
                    }
                }
            });
        }
        for _ in 0..1500 {
            let snapshot = typed_metrics::snapshot();
            for series in &snapshot.get("removal.recycled_gauge").unwrap().series {
                if let Some(id) = series.labels.get("id") {
                    let id: u64 = id.to_string().parse().unwrap();
                    assert_eq!(series.value, Value::U64(id + 1000));
                }
            }
            for series in &snapshot.get("removal.recycled").unwrap().series {
                if let Some(id) = series.labels.get("id") {
                    let id: u32 = id.to_string().parse().unwrap();
                    let Value::U64(value) = series.value else { panic!() };
                    assert_eq!(value % (1 << (4 * id)), 0, "{value:#x} under {id}");
                }
            }
            for series in &snapshot.get("removal.recycled_sizes").unwrap().series {
                if let Some(id) = series.labels.get("id") {
                    let id: f64 = id.to_string().parse().unwrap();
                    let histogram = series.value.as_histogram().unwrap();
                    assert_eq!((histogram.min, histogram.max), (id, id));
                    assert_eq!(histogram.sum, id * histogram.count as f64);
                }
            }
        }
        done.store(true, Relaxed);
    });
}

/// A removal forgets every value that was recorded before the removal began.
#[test]
fn a_removal_beside_running_writers_forgets_all_that_was_before() {
    let _turn = my_turn(); // this test collects in a loop
    let done = AtomicBool::new(false);
    let recorded = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    Removal::raced(Side::Left).record(5);
                    Removal::raced_count(Side::Left).inc();
                    recorded.fetch_add(1, Relaxed);
                }
            });
        }
        for _ in 0..300 {
            // Each writer may have recorded one value that it has not counted yet.
            let before = recorded.load(Relaxed);
            Removal::raced(Side::Left).remove();
            Removal::raced_count(Side::Left).remove();
            let found = |name: &str| shown(name).first().map_or(0.0, |(_, value)| *value);
            let (sum, count) = (found("removal.raced"), found("removal.raced_count"));
            let since = (recorded.load(Relaxed) - before + 2) as f64;
            assert!(sum <= 5.0 * since, "{sum} of {since}");
            assert!(count <= since, "{count} of {since}");
        }
        done.store(true, Relaxed);
    });
    Removal::raced(Side::Left).remove();
    Removal::raced_count(Side::Left).remove();
    is("removal.raced", &[]);
    is("removal.raced_count", &[]);
}
