//! What the declaration says.

use std::time::Duration;

use fastrand::Rng;
use typed_metrics::testing::capture;
use typed_metrics::{
    Descriptor, ExponentialSettings, Metric, Metrics, attributes, register_metric, snapshot,
};

use crate::naive::{assert_holds, exponential};

const SIZE: usize = 20;
const NOISE: f64 = 1e-3;

#[derive(Metrics)]
#[metrics(prefix = "declared")]
enum Declared {
    #[histogram(exponential)]
    Plain,
    #[histogram(unit = "s", exponential, max_size = 80, zero_threshold = 0.5)]
    Written,
    #[histogram(exponential, max_size = 2 * SIZE, zero_threshold = NOISE / 2.0)]
    Constant,
    #[histogram(unit = "By", value = u64, exponential)]
    Bytes,
    #[histogram(unit = "ms", exponential)]
    Latency,
}

fn descriptor(name: &str) -> &'static Descriptor {
    typed_metrics::catalog().into_iter().find(|metric| metric.name() == name).unwrap()
}

#[test]
fn the_settings_are_those_of_the_declaration() {
    let default = ExponentialSettings::DEFAULT;
    for (name, settings) in [
        ("declared.plain", default),
        ("declared.written", default.max_size(80).zero_threshold(0.5)),
        ("declared.constant", default.max_size(40).zero_threshold(5e-4)),
        ("declared.bytes", default),
    ] {
        assert_eq!(descriptor(name).exponential(), Some(settings), "{name}");
        assert!(descriptor(name).boundaries().is_empty(), "{name}");
    }
}

#[test]
fn values_are_in_the_buckets_of_their_scale() {
    let mut random = Rng::with_seed(5);
    let values: Vec<f64> = (0..5_000).map(|_| random.f64() * 100.0 - 30.0).collect();
    let seen = capture(|| {
        for value in &values {
            Declared::plain().record(*value);
            Declared::written().record(*value);
            Declared::Constant.record(*value);
        }
    });
    assert_holds(&seen.histogram(Declared::Plain), &values);
    assert_holds(&seen.histogram(Declared::Written), &values);
    assert_holds(&seen.histogram(Declared::Constant), &values);
    let small = seen.histogram(Declared::Constant);
    let [positive, negative] =
        [&exponential(&small).positive, &exponential(&small).negative].map(|r| r.counts.len());
    assert!(positive + negative <= 40 && positive > 0 && negative > 0);
    assert!(exponential(&seen.histogram(Declared::Written)).zeros > 0);
}

#[test]
fn every_way_to_record_ends_in_the_same_buckets() {
    let seen = capture(|| {
        Declared::bytes().record(1500_u32);
        Declared::bytes().record_many(64_u64, 3);
        Declared::Bytes.record(0_u64);
        Declared::latency().record(Duration::from_micros(1_500));
        Declared::latency().start_timer().discard();
        Declared::latency().record_many(Duration::from_millis(3), 2);
    });
    assert_holds(&seen.histogram(Declared::Bytes), &[1500.0, 64.0, 64.0, 64.0, 0.0]);
    assert_holds(&seen.histogram(Declared::Latency), &[1.5, 3.0, 3.0]);
    assert_eq!(exponential(&seen.histogram(Declared::Bytes)).zeros, 1);
}

#[test]
fn a_histogram_without_values_is_empty() {
    let seen = capture(|| ());
    let empty = seen.histogram(Declared::Plain);
    assert_eq!((empty.count, exponential(&empty).positive.counts.len()), (0, 0));
    assert!(empty.quantile(0.5).is_nan());
}

#[test]
fn run_time_histograms_are_exponential_too() {
    let metric = Metric::histogram("grown").unit("s").exponential().max_size(12);
    let metric = register_metric("grown", metric.zero_threshold(0.01)).unwrap();
    let values = [0.25, 0.5, 4.0, 0.001, -8.0];
    for value in values {
        metric.record(value, attributes!("kind" => "a")).unwrap();
    }
    let snapshot = snapshot();
    let series = &snapshot.get("grown").unwrap().series[0];
    assert_holds(series.value.as_histogram().unwrap(), &values);
    // The table has percentiles.
    let table = snapshot.to_string();
    let row = table.lines().find(|line| line.contains("grown")).unwrap();
    assert!(row.contains("kind=a"), "{row}");
}

#[test]
fn wrong_run_time_settings_are_errors_that_say_what_to_do() {
    let refused = |metric: Metric| register_metric("refused", metric).unwrap_err().to_string();
    let histogram = || Metric::histogram("refused");
    for (metric, text) in [
        (histogram().exponential().buckets([1]), "leave `buckets` or `exponential` out"),
        (histogram().max_size(80), "`max_size` is a setting of exponential histograms; call"),
        (histogram().exponential().max_size(3), "`max_size` is 3; an exponential histogram has"),
        (histogram().exponential().max_size(497), "at most 496 buckets"),
        (histogram().exponential().zero_threshold(-1.0), "must be finite and not negative"),
        (histogram().exponential().zero_threshold(f64::NAN), "the threshold is NaN"),
        (Metric::counter("refused").exponential(), "a counter has no buckets; leave `exponential`"),
    ] {
        let found = refused(metric);
        assert!(found.contains(text), "{found}");
    }
    let again = |metric: Metric| register_metric("twice", metric);
    again(Metric::histogram("twice").exponential()).unwrap();
    again(Metric::histogram("twice").exponential()).unwrap();
    let conflict = again(Metric::histogram("twice")).unwrap_err().to_string();
    assert!(conflict.contains("exponential, max_size = 160"), "{conflict}");
}
