//! Recording a value many times in one operation.

use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::{
    DropReason, HistogramSnapshot, Metric, Metrics, Reader, ValueType, attributes, register_metric,
    snapshot,
};

#[derive(Metrics)]
#[metrics(prefix = "many")]
enum Many<'a> {
    #[histogram(unit = "ms", buckets = [1, 10])]
    Time { name: &'a str },
    #[histogram(unit = "ms", value = u64, buckets = [1, 10])]
    Whole,
    #[histogram(buckets = [1, 10])]
    Huge,
    #[histogram(buckets = [1, 10])]
    Precise,
    #[histogram(buckets = [1, 10])]
    Dropping,
    #[histogram(buckets = [1, 10])]
    Removed,
}

fn histogram(name: &str) -> HistogramSnapshot {
    snapshot().get(name).unwrap().series[0].value.as_histogram().unwrap().clone()
}

#[test]
fn a_value_is_recorded_many_times_at_once() {
    let seen = capture(|| {
        let time = Many::time("a");
        time.record(20);
        time.record_many(2.5, 1_000);
        time.record_many(Duration::from_micros(500), 3);
        time.record_many(7, 0);
        let inner = capture(|| Many::time("a").record_many(5, 10));
        assert_eq!(inner.histogram(Many::Time { name: "a" }).sum, 50.0);
        Many::whole().record_many(Duration::from_micros(1_500), 4);
        std::thread::spawn(|| Many::time("b").record_many(4, 2)).join().unwrap();
    });
    let time = seen.histogram(Many::Time { name: "a" });
    assert_eq!((time.count, time.sum, time.min, time.max), (1_014, 2_571.5, 0.5, 20.0));
    assert_eq!(time.buckets, [3, 1_010, 1]);
    assert_eq!(seen.histogram(Many::Whole).sum, 8.0);
    assert_eq!(seen.histogram(Many::Time { name: "b" }).count, 0);
}

#[test]
fn nothing_is_recorded_zero_times() {
    let seen = capture(|| Many::time("none").record_many(3, 0));
    seen.assert_nothing();
}

/// A value that is rounded in each addition would be off by far more.
#[test]
fn the_sum_of_an_interval_is_exact() {
    let _turn = typed_metrics_turn::my_turn();
    let reader = Reader::new();
    Many::precise().record_many(1e9, 1 << 40);
    let _ = reader.collect();
    Many::precise().record_many(0.1, 1_000_001);
    let collected = reader.collect();
    let all =
        collected.get("many.precise").unwrap().series[0].value.as_histogram().unwrap().clone();
    let interval = all.interval.unwrap();
    assert_eq!((interval.count, interval.min, interval.max), (1_000_001, 0.1, 0.1));
    assert!((interval.sum - 100_000.1).abs() < 1e-9, "{}", interval.sum);
    assert_eq!(all.count, (1 << 40) + 1_000_001);
}

/// A count beyond `u64` wraps like the sum of a counter.
#[test]
fn the_largest_count_does_no_harm() {
    let _turn = typed_metrics_turn::my_turn();
    let reader = Reader::new();
    for _ in 0..3 {
        Many::huge().record_many(1.0, u64::MAX);
        Many::huge().record_many(20.0, u64::MAX - 1);
        let _ = (reader.collect(), snapshot());
    }
    Many::huge().record_many(f64::MAX, u64::MAX);
    // Counts wrap, as those of a counter do.
    let expected = u64::MAX.wrapping_mul(7).wrapping_sub(3);
    let huge = histogram("many.huge");
    assert_eq!((huge.count, huge.sum), (expected, f64::MAX));
    Many::huge().record_many(1.0, 3);
    assert_eq!(histogram("many.huge").count, expected.wrapping_add(3));
}

#[test]
fn bad_values_are_counted_as_dropped() {
    Many::dropping().record_many(f64::NAN, 5);
    Many::dropping().record_many(f64::INFINITY, 0);
    let snapshot = snapshot();
    let metric = snapshot.get("many.dropping").unwrap();
    assert_eq!((metric.series.len(), &metric.dropped[..]), (0, &[(DropReason::NotFinite, 1)][..]));
}

#[test]
fn a_removed_histogram_hands_over_all_values() {
    let _turn = typed_metrics_turn::my_turn();
    let reader = Reader::new();
    let _ = reader.collect();
    Many::removed().record_many(3, 7);
    Many::removed().remove();
    let collected = reader.collect();
    let removed = &collected.get("many.removed").unwrap().removed;
    assert_eq!(removed[0].value.as_histogram().unwrap().count, 7);
    Many::removed().record_many(3, 2);
    assert_eq!(histogram("many.removed").count, 2);
}

#[test]
fn a_histogram_of_run_time_records_many() {
    let sizes = Metric::histogram("many.sizes").unit("ms").value_type(ValueType::U64);
    let sizes = register_metric("many.sizes", sizes).unwrap();
    sizes.record_many(3, 5, attributes!()).unwrap();
    sizes.record_many(Duration::from_micros(2_700), 2, attributes!()).unwrap();
    sizes.record_many(1.5, 2, attributes!()).unwrap_err();
    let seen = histogram("many.sizes");
    assert_eq!((seen.count, seen.sum), (7, 21.0));
    let gauge = register_metric("many.gauge", Metric::gauge("many.gauge")).unwrap();
    assert!(gauge.record_many(1, 1, attributes!()).is_err());
}
