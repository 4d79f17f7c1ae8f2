//! Two modules define one metric in the same way, as two versions of one crate do.

use std::collections::HashMap;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use typed_metrics::testing::capture;
use typed_metrics::{Metrics, Reader, SeriesId, Snapshot, Value, catalog, snapshot};
use typed_metrics_core::{Counting, PointReader};

macro_rules! define {
    ($($module:ident)*) => {$(
        mod $module {
            #[derive(typed_metrics::Metrics)]
            #[metrics(prefix = "twice")]
            pub(crate) enum Twice<'a> {
                /// Requests.
                #[counter]
                Requests { route: &'a str },
                /// Bare.
                #[counter]
                Bare { flag: bool },
                /// Time.
                #[histogram(buckets = [1, 10])]
                Sizes { route: &'a str },
                /// Depth.
                #[gauge]
                Depth { route: &'a str },
                /// Read by several readers.
                #[histogram(buckets = [1, 10])]
                Intervals,
                /// Wide.
                #[counter(series_limit = 10_000)]
                Wide { id: u32 },
                /// Removed in one definition.
                #[counter(series_limit = 10)]
                Removed { name: &'a str },
                /// Removed in one definition.
                #[counter]
                Switched { on: bool },
                /// All are removed.
                #[counter(series_limit = 10_000)]
                Many { id: u32 },
                /// Removed in one definition.
                #[up_down_counter]
                Level { name: &'a str },
                /// Removed in one definition.
                #[histogram(buckets = [1, 10])]
                Lengths { name: &'a str },
                /// Idle in one definition.
                #[counter(expire = "1s")]
                Idle { name: &'a str },
                /// Series that come and go.
                #[counter(series_limit = 10)]
                Passing { name: &'a str },
            }
        }
    )*};
}

define!(one two);

fn series(snapshot: &Snapshot, metric: &str, labels: &[(&str, &str)]) -> (SeriesId, Value) {
    assert_eq!(snapshot.metrics.iter().filter(|m| m.descriptor.name() == metric).count(), 1);
    let found = snapshot.get(metric).unwrap();
    let all: Vec<_> = found.series.iter().map(|series| series.labels.to_string()).collect();
    let series =
        found.series_with(labels).unwrap_or_else(|| panic!("{labels:?} is not among {all:?}"));
    assert_eq!(all.iter().filter(|labels| **labels == series.labels.to_string()).count(), 1);
    (series.id, series.value.clone())
}

#[test]
fn they_are_one_metric_in_snapshots_with_ids_that_do_not_depend_on_who_records() {
    let labels = [("route", "/a")];
    one::Twice::requests("/a").add(1);
    let (first, value) = series(&snapshot(), "twice.requests", &labels);
    assert_eq!(value, Value::U64(1));
    two::Twice::requests("/a").add(2);
    assert_eq!(series(&snapshot(), "twice.requests", &labels), (first, Value::U64(3)));

    // The same in the opposite order.
    let labels = [("route", "/b")];
    two::Twice::requests("/b").add(5);
    let (second, _) = series(&snapshot(), "twice.requests", &labels);
    assert_ne!(first, second);
    one::Twice::requests("/b").add(6);
    assert_eq!(series(&snapshot(), "twice.requests", &labels), (second, Value::U64(11)));

    // The same with fixed labels.
    two::Twice::bare(true).add(1);
    let (id, _) = series(&snapshot(), "twice.bare", &[("flag", "true")]);
    one::Twice::bare(true).add(1);
    one::Twice::bare(false).add(1);
    let snapshot = snapshot();
    assert_eq!(series(&snapshot, "twice.bare", &[("flag", "true")]), (id, Value::U64(2)));
    assert_ne!(series(&snapshot, "twice.bare", &[("flag", "false")]).0, id);
}

#[test]
fn histograms_are_joined_with_their_intervals() {
    let sizes = |snapshot: &Snapshot| {
        let (id, value) = series(snapshot, "twice.intervals", &[]);
        (id, value.as_histogram().unwrap().clone())
    };
    let reader = Reader::new();
    one::Twice::intervals().record(2);
    let (id, first) = sizes(&reader.collect());
    two::Twice::intervals().record(0.5);
    two::Twice::intervals().record(20);
    one::Twice::intervals().record(3);
    let (same, second) = sizes(&reader.collect());
    assert_eq!(id, same);
    assert_eq!((first.count, first.sum, first.min, first.max), (1, 2.0, 2.0, 2.0));
    assert_eq!((second.count, second.sum, second.min, second.max), (4, 25.5, 0.5, 20.0));
    assert_eq!(second.buckets, [1, 2, 1]);
    let interval = second.interval.unwrap();
    assert_eq!((interval.count, interval.sum), (3, 23.5));
    assert_eq!((interval.min, interval.max), (0.5, 20.0));
}

#[test]
fn of_gauges_the_last_definition_counts_whoever_set_it_last() {
    let depth = || series(&snapshot(), "twice.depth", &[("route", "x")]).1;
    one::Twice::depth("x").set(1);
    assert_eq!(depth(), Value::F64(1.0));
    two::Twice::depth("x").set(2);
    // The linker decides which definition is the last one.
    let one_is_last = depth() == Value::F64(1.0);
    for (of_one, of_two) in [(3, 4), (5, 6)] {
        one::Twice::depth("x").set(of_one);
        two::Twice::depth("x").set(of_two);
        let expected = f64::from(if one_is_last { of_one } else { of_two });
        assert_eq!(depth(), Value::F64(expected));
        one::Twice::depth("x").set(of_one);
        assert_eq!(depth(), Value::F64(expected));
    }
}

#[test]
fn they_are_one_metric_in_captures() {
    let seen = capture(|| {
        one::Twice::Requests { route: "/c" }.record(1);
        two::Twice::Requests { route: "/c" }.record(2);
        two::Twice::requests("/d").add(4);
        one::Twice::sizes("/c").record(1);
        two::Twice::sizes("/c").record(5);
        two::Twice::depth("y").set(3);
    });
    seen.assert_counter(one::Twice::Requests { route: "/c" }, 3);
    seen.assert_counter(two::Twice::Requests { route: "/c" }, 3);
    seen.assert_counter(one::Twice::Requests { route: "/d" }, 4);
    seen.assert_gauge(one::Twice::Depth { route: "y" }, 3.0);
    let sizes = seen.histogram(two::Twice::Sizes { route: "/c" });
    assert_eq!((sizes.count, sizes.sum, sizes.min, sizes.max), (2, 6.0, 1.0, 5.0));
    assert_eq!(seen.snapshot.metrics.len(), 3);

    let labels = [("route", "/c")];
    let captured = series(&seen.snapshot, "twice.requests", &labels).0;
    assert_eq!(captured, series(&snapshot(), "twice.requests", &labels).0);
}

#[test]
fn many_series_are_joined_by_their_labels() {
    for id in 0..5000 {
        one::Twice::wide(id).add(u64::from(id));
        two::Twice::wide(4999 - id).add(1);
    }
    let snapshot = snapshot();
    let wide = snapshot.get("twice.wide").unwrap();
    assert_eq!(wide.series.len(), 5000);
    let by_id: HashMap<_, _> = wide.series.iter().map(|series| (series.id, series)).collect();
    assert_eq!(by_id.len(), 5000);
    for series in &wide.series {
        let id: f64 = series.labels.get("id").unwrap().to_string().parse().unwrap();
        assert_eq!(series.value.as_f64(), id + 1.0);
    }
}

#[test]
fn they_are_listed_once() {
    let names: Vec<_> = catalog().iter().map(|metric| metric.name()).collect();
    let twice: Vec<_> = one::Twice::descriptors().iter().map(|metric| metric.name()).collect();
    for name in twice {
        assert_eq!(names.iter().filter(|found| **found == name).count(), 1, "{name}");
    }
    assert!(typed_metrics::check().is_ok());
}

#[test]
fn series_that_come_and_go_keep_their_ids_while_they_are_there() {
    let stays = [("name", "stays")];
    one::Twice::passing("stays").inc();
    let (id, _) = series(&snapshot(), "twice.passing", &stays);
    for round in 0..200 {
        let name = round.to_string();
        one::Twice::passing(&name).inc();
        two::Twice::passing(&name).inc();
        if round % 3 == 0 {
            let (_, value) = series(&snapshot(), "twice.passing", &[("name", &name)]);
            assert_eq!(value, Value::U64(2));
            assert_eq!(series(&snapshot(), "twice.passing", &stays).0, id);
        }
        one::Twice::passing(&name).remove();
        two::Twice::passing(&name).remove();
    }
}

/// The points of one series: since when and up to when they count, and their values.
fn points(
    reader: &PointReader,
    metric: &str,
    counting: Counting,
) -> Vec<(SystemTime, SystemTime, f64)> {
    let mut points = Vec::new();
    let counting = |_: &'static _, _| counting;
    reader.collect(
        |wanted| wanted.name() == metric,
        counting,
        |_, point| points.push((point.created, point.time, point.value.as_f64())),
    );
    points
}

#[test]
fn a_series_is_removed_in_all_definitions_so_that_no_total_falls() {
    let reader = PointReader::new();
    let totals = || points(&reader, "twice.removed", Counting::Totals);
    let (one, two) = (one::Twice::removed("a"), two::Twice::removed("a"));
    one.add(5);
    two.add(3);
    let [(first_life, _, value)] = *totals() else { panic!() };
    assert_eq!(value, 8.0);

    two.add(1);
    one.remove();
    assert!(snapshot().get("twice.removed").unwrap().series.is_empty());
    // The definition that did not remove the series records first.
    two.add(2);
    let [(created, ended, last), (second_life, _, value)] = *totals() else { panic!() };
    assert_eq!((created, last, value), (first_life, 9.0, 2.0));
    assert!(first_life < ended && ended <= second_life);
    one.add(4);
    let [(created, _, value)] = *totals() else { panic!() };
    assert_eq!((created, value), (second_life, 6.0));

    // The last total without a life after it.
    two.add(10);
    two.remove();
    let [(created, _, last)] = *totals() else { panic!() };
    assert_eq!((created, last), (second_life, 16.0));
    assert_eq!(totals(), []);
}

#[test]
fn the_last_values_of_all_definitions_are_one_value_in_each_reader() {
    let snapshots = Reader::new();
    let changes = PointReader::new();
    one::Twice::lengths("b").record(2);
    two::Twice::lengths("b").record(20);
    drop(snapshots.collect());
    two::Twice::lengths("b").record(0.5);
    one::Twice::lengths("b").remove();
    one::Twice::lengths("other").record(1);

    let snapshot = snapshots.collect();
    let [removed] = &*snapshot.get("twice.lengths").unwrap().removed else { panic!() };
    let last = removed.value.as_histogram().unwrap();
    assert_eq!((last.count, last.sum, last.min, last.max), (3, 22.5, 0.5, 20.0));
    let interval = last.interval.as_ref().unwrap();
    assert_eq!((interval.count, interval.sum), (1, 0.5));
    let mut sums: Vec<_> = points(&changes, "twice.lengths", Counting::Changes)
        .into_iter()
        .map(|(.., value)| value)
        .collect();
    sums.sort_by(f64::total_cmp);
    assert_eq!(sums, [1.0, 22.5]);
}

#[test]
fn the_level_of_all_definitions_falls_to_zero_at_once() {
    let reader = PointReader::new();
    let values = || -> Vec<f64> {
        let points = points(&reader, "twice.level", Counting::Totals).into_iter();
        points.map(|(.., value)| value).collect()
    };
    one::Twice::level("c").add(5);
    two::Twice::level("c").add(3);
    assert_eq!(values(), [8.0]);
    two::Twice::level("c").remove();
    assert_eq!(values(), [0.0]);
    one::Twice::level("c").add(2);
    two::Twice::level("c").add(-1);
    assert_eq!(values(), [1.0]);
    one::Twice::level("c").remove();
    two::Twice::level("c").add(7);
    assert_eq!(values(), [7.0]);
}

#[test]
fn a_series_expires_when_it_is_idle_in_all_definitions() {
    let idle = || {
        let found = snapshot();
        let found = found.get("twice.idle").unwrap();
        found.series_with(&[("name", "d")]).map(|series| series.value.clone())
    };
    one::Twice::idle("d").add(5);
    let mut total = 5;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1500) {
        two::Twice::idle("d").add(1);
        total += 1;
        assert_eq!(idle(), Some(Value::U64(total)), "idle in one definition only");
        sleep(Duration::from_millis(20));
    }
    // Other tests take snapshots too, so the series may expire in any of them.
    while idle().is_some() {
        assert!(begun.elapsed() < Duration::from_secs(30), "idle in both definitions");
        sleep(Duration::from_millis(100));
    }
    one::Twice::idle("d").add(2);
    assert_eq!(idle(), Some(Value::U64(2)));
}

#[test]
fn a_series_with_fixed_labels_is_removed_in_all_definitions() {
    let all = |on| {
        one::Twice::switched(on).add(1);
        two::Twice::switched(on).add(2);
    };
    all(true);
    all(false);
    one::Twice::switched(true).remove();
    let snapshot = snapshot();
    let switched = snapshot.get("twice.switched").unwrap();
    assert!(switched.series_with(&[("on", "true")]).is_none());
    assert_eq!(series(&snapshot, "twice.switched", &[("on", "false")]).1, Value::U64(3));
}

#[test]
fn removing_many_series_takes_time_in_proportion() {
    let take = |count: u32| {
        let handles: Vec<_> = (0..count).map(one::Twice::many).collect();
        for (id, handle) in handles.iter().enumerate() {
            handle.inc();
            two::Twice::many(id.try_into().unwrap()).inc();
        }
        let begun = Instant::now();
        handles.iter().for_each(|handle| handle.remove());
        begun.elapsed()
    };
    // The smallest of several times: other tests run at the same time.
    let least = |count| (0..3).map(|_| take(count)).min().unwrap();
    let (few, many) = (least(500), least(8_000));
    assert!(many < few * 16 * 4, "{few:?} for 500 series, {many:?} for 8,000");
}
