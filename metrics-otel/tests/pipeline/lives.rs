//! The beginning and the end of a series, as a pipeline sends them.

use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{Protocol, Temporality};
use typed_metrics_receiver::Receiver;
use typed_metrics_turn::my_turn;

use crate::pipelines::{deltas_to, to};

#[derive(Metrics)]
#[metrics(prefix = "lives")]
enum Lives {
    #[counter]
    Count { test: u8 },
    #[up_down_counter]
    Level { test: u8 },
    #[counter]
    Large,
    #[gauge(value = u64)]
    Largest,
}

/// A data point of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Point {
    value: i64,
    start: u64,
    time: u64,
}

/// The data points of a metric in the export that a flush makes. A metric without data points is
/// not part of the export.
fn exported(receiver: &Receiver, name: &str) -> Vec<Point> {
    let before = receiver.requests().len();
    flush().unwrap();
    let requests = receiver.requests().split_off(before);
    let metrics = requests
        .iter()
        .flat_map(|request| &request.body.resource_metrics)
        .flat_map(|resource| &resource.scope_metrics)
        .flat_map(|scope| &scope.metrics);
    let mut points = Vec::new();
    for metric in metrics.filter(|metric| metric.name == name) {
        let found = match metric.data.as_ref().unwrap() {
            Data::Sum(sum) => &sum.data_points,
            Data::Gauge(gauge) => &gauge.data_points,
            other => panic!("{other:?}"),
        };
        points.extend(found.iter().map(|point| {
            let Some(Value::AsInt(value)) = point.value else { panic!("{point:?}") };
            Point { value, start: point.start_time_unix_nano, time: point.time_unix_nano }
        }));
    }
    points
}

#[test]
fn a_removed_series_is_exported_once_more_and_begins_anew() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let only = |metric: &typed_metrics::Descriptor| metric.name().starts_with("lives.");
    set_metric_handlers(to(&receiver, Protocol::HttpProtobuf).build().unwrap().filter(only))
        .unwrap();
    Lives::count(1).add(5);
    let [first] = *exported(&receiver, "lives.count") else { panic!() };
    Lives::count(1).add(2);
    Lives::count(1).remove();
    let [last] = *exported(&receiver, "lives.count") else { panic!() };
    assert_eq!((last.value, last.start), (7, first.start));
    assert!(last.time > first.time);
    assert_eq!(exported(&receiver, "lives.count"), []);

    Lives::count(1).add(1);
    let [returned] = *exported(&receiver, "lives.count") else { panic!() };
    assert_eq!(returned.value, 1);
    assert!(returned.start > first.time, "{returned:?} is a series of its own");
    // Removed and back in one interval: the life before ends where the new one begins.
    Lives::count(1).remove();
    Lives::count(1).add(4);
    let [before, now] = *exported(&receiver, "lives.count") else { panic!() };
    assert_eq!((before.value, before.start), (1, returned.start));
    assert_eq!((now.value, now.start), (4, before.time));
    assert!(now.time > now.start);
    let [later] = *exported(&receiver, "lives.count") else { panic!() };
    assert_eq!((later.value, later.start), (4, now.start));
    clear_metric_handlers();
    Lives::count(1).remove();
}

#[test]
fn a_change_has_the_last_values_of_a_removed_series() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let pipeline = deltas_to(&receiver, Protocol::HttpProtobuf);
    set_metric_handlers(pipeline.build().unwrap()).unwrap();
    Lives::count(2).add(5);
    let of_test = |points: Vec<Point>| points.into_iter().map(|p| p.value).collect::<Vec<_>>();
    assert_eq!(of_test(exported(&receiver, "lives.count")), [5]);
    Lives::count(2).add(1);
    Lives::count(2).remove();
    Lives::count(2).add(2);
    Lives::count(2).remove();
    Lives::count(2).add(3);
    // One point, because a series has one change in an interval.
    assert_eq!(of_test(exported(&receiver, "lives.count")), [6]);
    Lives::count(2).remove();
    assert_eq!(of_test(exported(&receiver, "lives.count")), [0; 0]);
    clear_metric_handlers();
}

#[test]
fn a_removed_up_down_counter_falls_to_zero_once() {
    for temporality in [Temporality::Cumulative, Temporality::Delta] {
        let receiver = Receiver::start();
        let _turn = my_turn(); // ends before the receiver does
        let pipeline = to(&receiver, Protocol::HttpProtobuf).temporality(temporality);
        set_metric_handlers(pipeline.build().unwrap()).unwrap();
        let values = || {
            let points = exported(&receiver, "lives.level");
            points.into_iter().map(|point| point.value).collect::<Vec<_>>()
        };
        Lives::level(3).add(5);
        assert_eq!(values(), [5], "{temporality:?}");
        Lives::level(3).remove();
        assert_eq!(values(), [0], "{temporality:?}");
        assert_eq!(values(), [0; 0], "{temporality:?}");
        Lives::level(3).add(2);
        assert_eq!(values(), [2], "{temporality:?}");
        Lives::level(3).remove();
        clear_metric_handlers();
    }
}

#[test]
fn an_integer_above_the_largest_of_otlp_never_falls() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    set_metric_handlers(to(&receiver, Protocol::HttpProtobuf).build().unwrap()).unwrap();
    let max = i64::MAX.cast_unsigned();
    Lives::large().add(max - 1);
    Lives::largest().set(max);
    let value = |name: &str| exported(&receiver, name)[0].value;
    assert_eq!((value("lives.large"), value("lives.largest")), (i64::MAX - 1, i64::MAX));
    for _ in 0..3 {
        Lives::large().add(10);
        Lives::largest().set(u64::MAX);
        assert_eq!((value("lives.large"), value("lives.largest")), (i64::MAX, i64::MAX));
    }
    Lives::large().remove();
    Lives::largest().remove();
    clear_metric_handlers();
}
