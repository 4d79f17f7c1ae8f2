//! Durations in metrics of every kind, and what metrics of whole numbers take.

use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::{
    Counter, DropReason, Gauge, Histogram, Metric, Metrics, UpDownCounter, ValueType, attributes,
    register_metric, snapshot, timed, unit,
};

#[derive(Metrics)]
#[metrics(prefix = "durations")]
enum Times {
    #[counter(unit = "ms")]
    Spent,
    #[counter(unit = "s", value = f64)]
    SpentExactly,
    #[up_down_counter(unit = "min")]
    Booked,
    #[gauge(unit = "h", value = i64)]
    Age,
    #[gauge(unit = "ns", value = u64)]
    Lag,
    #[gauge(unit = "d")]
    Left,
    #[histogram(unit = "ms", value = u64, buckets = [1, 2, 5])]
    Took,
    #[histogram(value = u64, buckets = [1, 2, 5])]
    Sizes,
}

#[derive(Metrics)]
#[metrics(prefix = "durations.alike")]
enum Alike {
    #[counter(unit = "s")]
    First,
    #[counter(unit = "s")]
    Second,
}

/// The handles have these types.
#[test]
fn a_handle_knows_its_unit_of_time() {
    let _: Counter<u64, unit::Milliseconds> = Times::spent();
    let _: Counter<f64, unit::Seconds> = Times::spent_exactly();
    let _: UpDownCounter<i64, unit::Minutes> = Times::booked();
    let _: Gauge<i64, unit::Hours> = Times::age();
    let _: Gauge<f64, unit::Days> = Times::left();
    let _: Histogram<unit::Milliseconds, u64> = Times::took();
    let _: Histogram<unit::NotTime, u64> = Times::sizes();
}

#[test]
fn a_duration_is_rounded_to_the_nearest_number_of_the_metric() {
    let seen = capture(|| {
        for micros in [1_499, 1_500, 200] {
            Times::spent().add(Duration::from_micros(micros));
            Times::spent_exactly().add(Duration::from_micros(micros));
        }
        Times::booked().add(Duration::from_secs(90));
        Times::booked().add(-1);
        Times::age().set(Duration::from_secs(3_600 * 30 + 1_799));
        Times::lag().set(Duration::MAX);
        Times::left().set(Duration::from_secs(3_600 * 36));
    });
    assert_eq!(seen.counter(Times::Spent), 3);
    assert_eq!(seen.sum(Times::SpentExactly), 0.003_199);
    assert_eq!(seen.up_down_counter(Times::Booked), 1);
    assert_eq!(seen.gauge(Times::Age), Some(30.0));
    assert_eq!(seen.gauge(Times::Lag), Some(u64::MAX as f64));
    assert_eq!(seen.gauge(Times::Left), Some(1.5));
}

#[timed(Times::Took)]
fn briefly() {
    std::thread::sleep(Duration::from_micros(1_600));
}

#[test]
fn a_histogram_of_whole_numbers_loses_no_time() {
    let seen = capture(|| {
        for micros in [1_400, 1_500, 499] {
            Times::took().record(Duration::from_micros(micros));
        }
        Times::took().record(7);
    });
    let took = seen.histogram(Times::Took);
    assert_eq!((took.count, took.sum, took.min, took.max), (4, 10.0, 0.0, 7.0));
    assert_eq!(took.buckets, [2, 1, 0, 1]);
    let seen = capture(|| {
        drop(Times::took().start_timer());
        Times::took().time(|| ());
        Times::took().start_timer().stop();
        briefly();
    });
    let took = seen.histogram(Times::Took);
    assert_eq!(took.count, 4);
    assert_eq!(took.sum.fract(), 0.0);
    assert!(took.max >= 2.0, "{took:?}");
}

#[test]
fn a_duration_by_value_is_converted_to_the_unit_of_the_variant() {
    let duration = Duration::from_millis(1_500);
    let seen = capture(|| {
        Times::Spent.record(duration);
        Times::SpentExactly.record(duration);
        Times::Left.record(Duration::from_secs(3_600 * 12));
        Times::Took.record(Duration::from_micros(2_500));
        Times::Age.record(Duration::from_secs(1_800));
        Alike::First.record(duration);
        Alike::Second.record(2_u64);
    });
    assert_eq!(seen.counter(Times::Spent), 1_500);
    assert_eq!(seen.sum(Times::SpentExactly), 1.5);
    assert_eq!(seen.gauge(Times::Left), Some(0.5));
    assert_eq!(seen.gauge(Times::Age), Some(1.0));
    assert_eq!(seen.histogram(Times::Took).sum, 3.0);
    assert_eq!(seen.counter(Alike::First), 2);
    assert_eq!(seen.counter(Alike::Second), 2);
}

#[test]
fn a_duration_without_a_unit_of_time_is_counted_as_dropped() {
    let dropped = || snapshot().get("durations.sizes").unwrap().dropped.clone();
    assert_eq!(dropped(), []);
    Times::Sizes.record(Duration::from_secs(1));
    assert_eq!(dropped(), [(DropReason::WrongType, 1)]);
    assert!(snapshot().get("durations.sizes").unwrap().series.is_empty());
}

#[test]
fn a_run_time_metric_takes_durations_if_its_unit_is_one_of_time() {
    let wait = Metric::histogram("durations.wait").unit("ms").value_type(ValueType::U64);
    let wait = register_metric("durations.wait", wait).unwrap();
    wait.record(Duration::from_micros(1_500), attributes!()).unwrap();
    let seen = snapshot();
    let seen = seen.get("durations.wait").unwrap().series[0].value.as_histogram().unwrap();
    assert_eq!((seen.count, seen.sum), (1, 2.0));

    let size = register_metric("durations.size", Metric::histogram("durations.size").unit("By"));
    let error = size.unwrap().record(Duration::from_millis(2), attributes!()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "metric `durations.size`: 2ms is a duration, and the unit \"By\" is not a unit of time; \
         record a number, or register the metric with a unit of time"
    );
}
