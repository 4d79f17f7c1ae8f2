//! `ChangeReader::changes` returns each difference once, in whatever order readers collect.

use typed_metrics::{ChangeReader, Metrics, SeriesChange, Value};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "changes")]
enum Changed<'a> {
    #[counter]
    Plain { done: bool },
    #[counter(series_limit = 3)]
    Few { key: &'a str },
    #[counter(value = f64)]
    Cost { key: &'a str },
    #[up_down_counter]
    Depth,
    #[gauge]
    Level { key: &'a str },
    #[histogram(buckets = [10])]
    Size { key: &'a str },
    #[counter]
    Paused,
}

fn of(reader: &ChangeReader, name: &str) -> Vec<(String, Value)> {
    let changes = reader.changes(|metric| metric.name() == name);
    let say = |series: SeriesChange| (series.labels().to_string(), series.value);
    changes.metrics.into_iter().flat_map(|metric| metric.series).map(say).collect()
}

fn one(labels: &str, value: Value) -> Vec<(String, Value)> {
    vec![(labels.to_owned(), value)]
}

#[test]
fn each_reader_gets_each_increment_once() {
    let _turn = my_turn();
    let (first, second) = (ChangeReader::new(), ChangeReader::new());
    Changed::plain(true).add(3);
    assert_eq!(of(&first, "changes.plain"), one("done=true", Value::U64(3)));
    Changed::plain(true).add(4);
    assert_eq!(of(&first, "changes.plain"), one("done=true", Value::U64(4)));
    assert_eq!(of(&second, "changes.plain"), one("done=true", Value::U64(7)));
    assert_eq!(of(&first, "changes.plain"), []);
}

#[test]
fn a_sum_that_is_zero_is_handed_out_once() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    Changed::depth().add(2);
    Changed::depth().add(-2);
    assert_eq!(of(&reader, "changes.depth"), one("", Value::I64(0)));
    assert_eq!(of(&reader, "changes.depth"), []);
}

#[test]
fn the_overflow_series_is_not_taken_for_the_one_in_whose_place_it_came() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    Changed::few("a").inc();
    Changed::few("b").inc();
    assert_eq!(of(&reader, "changes.few").len(), 2);
    Changed::few("b").add(2);
    for key in ["c", "d", "e"] {
        Changed::few(key).inc();
    }
    let overflow = "otel.metric.overflow=true".to_owned();
    let expected = [
        ("key=b".to_owned(), Value::U64(2)),
        ("key=c".to_owned(), Value::U64(1)),
        (overflow.clone(), Value::U64(2)),
    ];
    assert_eq!(of(&reader, "changes.few"), expected);
    Changed::few("f").inc();
    assert_eq!(of(&reader, "changes.few"), [(overflow, Value::U64(1))]);
}

#[test]
fn differences_of_floats_add_up_to_the_total() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    let mut total = 0.0;
    for i in 0..2000 {
        Changed::cost("x").add(f64::from(i) * 0.1 + 1e-9);
        for (_, change) in of(&reader, "changes.cost") {
            assert!(change.as_f64() > 0.0, "a counter never falls");
            total += change.as_f64();
        }
    }
    let held = typed_metrics::snapshot().get("changes.cost").unwrap().series[0].value.as_f64();
    assert!((total - held).abs() <= held * f64::EPSILON, "{total} against {held}");
}

#[test]
fn a_gauge_is_handed_out_every_time_until_it_is_removed() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    Changed::level("a").set(5);
    let level = Changed::level("a");
    for _ in 0..2 {
        assert_eq!(of(&reader, "changes.level"), one("key=a", Value::F64(5.0)));
    }
    level.remove();
    let changes = reader.changes(|metric| metric.name() == "changes.level");
    assert!(changes.metrics[0].series.is_empty());
    assert_eq!(changes.metrics[0].removed.len(), 1);
    assert_eq!(of(&reader, "changes.level"), []);
    assert!(
        reader.changes(|metric| metric.name() == "changes.level").metrics.is_empty(),
        "reported once"
    );
}

#[test]
fn what_comes_in_a_metric_that_is_not_wanted_waits() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    Changed::paused().add(1);
    Changed::size("a").record(3.0);
    assert!(reader.changes(|_| false).metrics.is_empty());
    // Another reader ends the interval.
    let _ = ChangeReader::new().changes(|_| true);
    Changed::paused().add(1);
    Changed::size("a").record(30.0);
    let _ = of(&reader, "changes.level");
    assert_eq!(of(&reader, "changes.paused"), one("", Value::U64(2)));
    let size = of(&reader, "changes.size");
    let size = size[0].1.as_histogram().unwrap();
    assert_eq!((size.count, size.sum, size.min, size.max), (2, 33.0, 3.0, 30.0));
    assert_eq!(size.buckets, [1, 1]);
}
