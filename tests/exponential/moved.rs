//! Values that move between runs: of threads, captures, lives and definitions.

use std::sync::Mutex;
use std::thread;

use fastrand::Rng;
use typed_metrics::testing::capture;
use typed_metrics::{ChangeReader, HistogramSnapshot, Metrics, Reader, Value, snapshot};
use typed_metrics_turn::my_turn;

use crate::naive::{assert_holds, exponential};

#[derive(Metrics)]
#[metrics(prefix = "moved")]
enum Moved<'a> {
    #[histogram(exponential)]
    Threads,
    #[histogram(exponential, max_size = 32)]
    Lives { name: &'a str },
    #[histogram(exponential)]
    Intervals { name: &'a str },
    #[histogram(exponential)]
    Captured,
    #[histogram(exponential)]
    Ends,
    #[histogram(name = "both", exponential)]
    First { name: &'a str },
}

/// Another definition of a metric.
#[derive(Metrics)]
#[metrics(prefix = "moved")]
enum Again<'a> {
    #[histogram(name = "both", exponential)]
    Second { name: &'a str },
}

fn total(name: &str) -> HistogramSnapshot {
    let snapshot = snapshot();
    let series = &snapshot.get(name).unwrap().series;
    assert_eq!(series.len(), 1);
    series[0].value.as_histogram().unwrap().clone()
}

/// Some values of a range of their own.
fn values(random: &mut Rng, count: usize) -> Vec<f64> {
    let (base, width) = (2_f64.powi(random.i32(-20..20)), random.f64() * 12.0);
    let sign = if random.u8(..5) == 0 { -1.0 } else { 1.0 };
    (0..count).map(|_| sign * base * (random.f64() * width).exp2()).collect()
}

#[test]
fn threads_of_different_ranges_add_up() {
    let all = Mutex::new(Vec::new());
    for round in 0..3 {
        thread::scope(|scope| {
            for seed in 0..4 {
                let all = &all;
                scope.spawn(move || {
                    let mut random = Rng::with_seed(round * 4 + seed);
                    let values = values(&mut random, 500);
                    values.iter().for_each(|value| Moved::threads().record(*value));
                    all.lock().unwrap().extend(values);
                });
            }
        });
        // The shards of the threads are folded into one.
        assert_holds(&total("moved.threads"), &all.lock().unwrap());
    }
}

/// Records when its thread ends, after the thread has given its memory back.
struct AtTheEnd;

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        [1.0, -3.0, 1000.0].into_iter().for_each(|value| Moved::ends().record(value));
    }
}

#[test]
fn values_in_shared_cells_add_up() {
    thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
    for _ in 0..2 {
        thread::spawn(|| {
            LAST.with(|_| ());
            Moved::ends().record(5.0);
        })
        .join()
        .unwrap();
    }
    let both = [5.0, 1.0, -3.0, 1000.0].repeat(2);
    assert_holds(&total("moved.ends"), &both);
}

#[test]
fn captures_inside_captures_see_their_own_values() {
    let mut random = Rng::with_seed(1);
    let [before, outer, inner] = [(); 3].map(|()| values(&mut random, 100));
    let record = |values: &[f64]| values.iter().for_each(|v| Moved::captured().record(*v));
    record(&before);
    let seen = capture(|| {
        record(&outer);
        let seen = capture(|| record(&inner));
        assert_holds(&seen.histogram(Moved::Captured), &inner);
    });
    let both = [&outer[..], &inner].concat();
    assert_holds(&seen.histogram(Moved::Captured), &both);
    assert_holds(&total("moved.captured"), &[&before[..], &both].concat());
}

#[test]
fn each_life_begins_at_the_largest_scale() {
    let _turn = my_turn();
    let reader = Reader::new();
    let mut random = Rng::with_seed(2);
    for _ in 0..20 {
        let values = values(&mut random, 50);
        values.iter().for_each(|value| Moved::lives("a").record(*value));
        Moved::lives("a").remove();
        let snapshot = reader.collect();
        let metric = snapshot.get("moved.lives").unwrap();
        assert_holds(metric.removed[0].value.as_histogram().unwrap(), &values);
        assert!(metric.series.is_empty());
    }
    Moved::lives("a").record(3.0);
    assert_eq!(exponential(&total("moved.lives")).scale, 20);
}

#[test]
fn intervals_have_the_values_that_came_since() {
    let _turn = my_turn();
    let (snapshots, changes) = (Reader::new(), ChangeReader::new());
    let mut random = Rng::with_seed(3);
    let mut all = Vec::new();
    for _ in 0..30 {
        let count = random.usize(..40);
        let values = values(&mut random, count);
        values.iter().for_each(|value| Moved::intervals("a").record(*value));
        all.extend(&values);
        let is_this = |metric: &&typed_metrics::Descriptor| metric.name() == "moved.intervals";
        let snapshot = snapshots.collect();
        let found = snapshot.get("moved.intervals").unwrap().series.first();
        let found = found.and_then(|series| series.value.as_histogram());
        let latest = changes.changes(|metric| is_this(&metric));
        let latest = latest.metrics.iter().flat_map(|metric| &metric.series).next();
        if values.is_empty() {
            assert!(latest.is_none() && found.is_none_or(|found| found.interval.is_none()));
            continue;
        }
        assert_holds(found.unwrap(), &all);
        assert_holds(found.unwrap().interval.as_ref().unwrap(), &values);
        let Some(Value::Histogram(latest)) = latest.map(|series| &series.value) else {
            panic!("nothing changed")
        };
        assert_holds(latest, &values);
    }
}

#[test]
fn two_definitions_of_a_metric_are_one() {
    let mut random = Rng::with_seed(4);
    let [first, second] = [(); 2].map(|()| values(&mut random, 200));
    first.iter().for_each(|value| Moved::first("a").record(*value));
    second.iter().for_each(|value| Again::second("a").record(*value));
    assert_holds(&total("moved.both"), &[first, second].concat());
}
