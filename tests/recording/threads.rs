//! Counts are exact when threads start, end and record at the same time.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use typed_metrics::{Label, Metrics, Value};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
// The storm of another test sets a short expiry for the process, and this test may be slow.
#[metrics(prefix = "threads", expire = "never")]
enum Threads<'a> {
    #[counter]
    Fixed { side: Side },
    #[counter]
    Open { name: &'a str },
    #[counter(value = f64)]
    Halves { name: &'a str },
    #[up_down_counter]
    Busy,
    #[histogram(buckets = [1, 10, 100])]
    Sizes { side: Side },
    #[histogram(buckets = [1, 10, 100])]
    OpenSizes { name: &'a str },
    #[counter]
    Watched { name: &'a str },
    #[histogram(buckets = [1, 10])]
    WatchedSizes,
}

fn value(name: &str, labels: &[(&str, &str)]) -> Option<Value> {
    let snapshot = typed_metrics::snapshot();
    Some(snapshot.get(name).unwrap().series_with(labels)?.value.clone())
}

fn all(which: &dyn Fn(u64) -> bool) -> impl Iterator<Item = u64> {
    (0..1000).filter(move |i| which(*i))
}

fn work(i: u64) {
    let side = if i.is_multiple_of(2) { Side::Left } else { Side::Right };
    let _busy = Threads::busy().enter();
    Threads::fixed(side).inc();
    let name = match i % 3 {
        0 => "a",
        1 => "b",
        _ => "c",
    };
    Threads::open(name).add(i);
    Threads::halves("x").add(0.5);
    Threads::sizes(side).record(i % 200);
    Threads::open_sizes("y").record(i % 200);
}

#[test]
fn a_thousand_threads_that_start_and_end_lose_nothing() {
    thread::scope(|scope| {
        for start in 0..4 {
            scope.spawn(move || {
                for i in (start..1000).step_by(4) {
                    thread::spawn(move || work(i)).join().unwrap();
                }
            });
        }
    });
    assert_eq!(value("threads.fixed", &[("side", "left")]), Some(Value::U64(500)));
    assert_eq!(value("threads.fixed", &[("side", "right")]), Some(Value::U64(500)));
    for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
        let expected = all(&|n| n % 3 == i as u64).sum();
        assert_eq!(value("threads.open", &[("name", name)]), Some(Value::U64(expected)));
    }
    assert_eq!(value("threads.halves", &[("name", "x")]), Some(Value::F64(500.0)));
    assert_eq!(value("threads.busy", &[]), Some(Value::I64(0)));
    let check = |metric, labels: &[_], which: &dyn Fn(u64) -> bool| {
        let Some(Value::Histogram(found)) = value(metric, labels) else { panic!("{metric}") };
        let in_bucket = |from: u64, to: u64| {
            all(which).filter(|i| (from..=to).contains(&(i % 200))).count() as u64
        };
        let expected = [in_bucket(0, 1), in_bucket(2, 10), in_bucket(11, 100), in_bucket(101, 199)];
        assert_eq!(found.buckets, expected, "{metric}");
        assert_eq!(found.sum, all(which).map(|i| i % 200).sum::<u64>() as f64);
        assert_eq!(found.count, all(which).count() as u64);
        assert_eq!(found.min, all(which).map(|i| i % 200).min().unwrap() as f64);
        assert_eq!(found.max, all(which).map(|i| i % 200).max().unwrap() as f64);
    };
    check("threads.sizes", &[("side", "left")], &|i| i % 2 == 0);
    check("threads.sizes", &[("side", "right")], &|i| i % 2 == 1);
    check("threads.open_sizes", &[("name", "y")], &|_| true);
}

#[test]
fn a_snapshot_taken_while_threads_record_is_consistent_and_never_falls() {
    let _turn = my_turn(); // this test collects in a loop
    let done = AtomicBool::new(false);
    let recorded: Vec<u64> = thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut times = 0;
                    while !done.load(Relaxed) {
                        Threads::watched("w").inc();
                        Threads::watched_sizes().record(4);
                        times += 1;
                    }
                    times
                })
            })
            .collect();
        let (mut count, mut size) = (0, 0);
        for _ in 0..300 {
            if let Some(Value::U64(now)) = value("threads.watched", &[("name", "w")]) {
                assert!(now >= count, "{now} after {count}");
                count = now;
            }
            if let Some(Value::Histogram(now)) = value("threads.watched_sizes", &[]) {
                assert!(now.count >= size, "{} after {size}", now.count);
                assert_eq!(now.sum, 4.0 * now.count as f64);
                assert_eq!(now.buckets, [0, now.count, 0]);
                assert_eq!((now.min, now.max), (4.0, 4.0));
                size = now.count;
            }
        }
        done.store(true, Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let total = recorded.iter().sum();
    assert_eq!(value("threads.watched", &[("name", "w")]), Some(Value::U64(total)));
    let Some(Value::Histogram(sizes)) = value("threads.watched_sizes", &[]) else { panic!() };
    assert_eq!(sizes.count, total);
}
