//! Metrics under an old name.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::{
    ChangeReader, InMemoryHandler, Label, Metric, MetricSnapshot, MetricType, Metrics, Reader,
    Value, add_metric_handler, attributes, catalog, check, record_metric, register_metric,
    set_metric_handlers, snapshot,
};
use typed_metrics_turn::my_turn;

use crate::support::{Receiver, Subscriber, expected, shown};

#[derive(Debug, Clone, Copy, Label)]
enum Phase {
    Up,
    Down,
}

#[derive(Metrics)]
#[metrics(prefix = "renamed")]
enum Shop<'a> {
    /// Orders placed.
    #[counter(unit = "{order}", was = "old.orders")]
    Orders { kind: &'a str },
    #[histogram(buckets = [10], was = "old.sizes")]
    Sizes { kind: &'a str },
    #[gauge(was = "old.depth")]
    Depth { kind: &'a str },
    #[up_down_counter(was = "old.level")]
    Level { kind: &'a str },
    #[state(was = "old.phase")]
    Phase { phase: Phase },
    #[info(was = "old.build")]
    Build { version: &'a str },
    #[counter(was = "old.late")]
    Late { kind: &'a str },
    #[histogram(buckets = [10], was = "old.late_sizes")]
    LateSizes { kind: &'a str },
    #[counter(was = "old.told")]
    Told { kind: &'a str },
    #[counter(was = "old.expiring", expire = "1ms")]
    Expiring { kind: &'a str },
    #[counter(name = "twin", was = "old.twin")]
    Twin { kind: &'a str },
}

#[derive(Metrics)]
#[metrics(prefix = "renamed")]
enum Other<'a> {
    /// The same metric, in a crate that does not know of its old name.
    #[counter(name = "twin")]
    Second { kind: &'a str },
}

/// Everything that both metrics show, but for the ids.
fn contents(metric: &MetricSnapshot) -> String {
    let series = |series: &typed_metrics::SeriesSnapshot| {
        let typed_metrics::SeriesSnapshot { labels, value, created, .. } = series;
        format!("{labels} {value:?} {created:?}")
    };
    let all = |list: &[typed_metrics::SeriesSnapshot]| list.iter().map(series).collect::<Vec<_>>();
    format!("{:?} {:?}", all(&metric.series), all(&metric.removed))
}

#[test]
fn both_names_are_in_the_catalog_and_the_old_one_is_marked() {
    assert!(check().is_ok());
    let catalog = catalog();
    let find = |name| catalog.iter().find(|metric| metric.name() == name);
    let (new, old) = (find("renamed.orders").unwrap(), find("old.orders").unwrap());
    assert_eq!((new.was(), new.renamed_to()), (Some("old.orders"), None));
    assert_eq!((old.was(), old.renamed_to()), (None, Some("renamed.orders")));
    assert_eq!(new.description(), "Orders placed.");
    assert_eq!(old.description(), "Renamed to `renamed.orders`. Orders placed.");
    assert_eq!(find("old.sizes").unwrap().description(), "Renamed to `renamed.sizes`.");
    assert_eq!((old.unit(), old.metric_type()), ("{order}", MetricType::Counter));
    assert_eq!(old.source(), new.source());
    assert_eq!(find("old.phase").unwrap().state_label(), Some("phase"));
    assert!(find("old.build").unwrap().is_info());
    assert_eq!(Shop::descriptors().len(), 11);
}

#[test]
fn a_snapshot_has_every_metric_under_both_names() {
    Shop::orders("a").add(3);
    Shop::orders("b").add(4);
    Shop::sizes("a").record(7);
    Shop::depth("a").set(1.5);
    Shop::level("a").add(-2);
    Shop::phase().set(Phase::Up);
    Shop::phase().set(Phase::Down);
    Shop::build("1").set();
    let reader = Reader::new();
    let metrics = ["orders", "sizes", "depth", "level", "phase", "build"];
    for round in 0..2 {
        let snapshot = reader.collect();
        let mut ids = HashSet::new();
        for name in metrics {
            let new = snapshot.get(&format!("renamed.{name}")).unwrap();
            let old = snapshot.get(&format!("old.{name}")).unwrap();
            assert_eq!(contents(new), contents(old));
            assert!(!new.series.is_empty());
            for series in new.series.iter().chain(&old.series) {
                assert!(ids.insert(series.id), "{name}: {:?}", series.id);
            }
        }
        let sizes = &snapshot.get("old.sizes").unwrap().series[0];
        let sizes = sizes.value.as_histogram().unwrap();
        assert_eq!((sizes.count, sizes.interval.is_some()), (1 + round, true));
        Shop::sizes("a").record(70);
    }
    assert_eq!(
        shown(&snapshot(), "old.phase"),
        expected(&[("phase=down", 1.0), ("phase=up", 0.0)])
    );
    let seen = capture(|| Shop::orders("a").inc());
    assert_eq!(seen.snapshot.metrics.len(), 1);
    seen.assert_counter(Shop::Orders { kind: "a" }, 1);
}

#[test]
fn a_removed_series_has_its_last_value_under_both_names() {
    let reader = Reader::new();
    let mut receivers = ["renamed.late", "old.late"].map(|name| (name, Receiver::new()));
    for n in [5, 6] {
        Shop::late("a").add(n);
        Shop::late("a").remove();
        let snapshot = reader.collect();
        for (name, receiver) in &mut receivers {
            let removed = &snapshot.get(name).unwrap().removed;
            assert_eq!((removed.len(), &removed[0].value), (1, &Value::U64(n)));
            assert_eq!((receiver.take(name), receiver.shown()), (1, vec![]));
        }
        Shop::late("a").add(1);
        for (name, receiver) in &mut receivers {
            assert_eq!((receiver.take(name), receiver.shown()), (1, expected(&[("kind=a", 1.0)])));
        }
        Shop::late("a").remove();
        let _ = reader.collect();
        receivers.iter_mut().for_each(|(name, receiver)| assert_eq!(receiver.take(name), 0));
    }
}

#[test]
fn an_expired_series_has_its_last_value_under_both_names() {
    let changes = ChangeReader::new();
    Shop::expiring("a").add(5);
    let take = |name: &str| {
        let metrics = changes.changes(|metric| metric.name() == name).metrics;
        let series = metrics.into_iter().flat_map(|metric| metric.series);
        series.map(|series| series.value.as_f64()).sum::<f64>()
    };
    assert_eq!(take("old.expiring"), 5.0);
    Shop::expiring("a").add(2);
    std::thread::sleep(Duration::from_millis(5));
    let _ = take("something else");
    let _ = snapshot();
    std::thread::sleep(Duration::from_millis(5));
    let _ = snapshot();
    assert_eq!(shown(&snapshot(), "old.expiring"), []);
    assert_eq!((take("renamed.expiring"), take("old.expiring")), (7.0, 2.0));
}

/// As the bridge to an OpenTelemetry provider does, whose instruments are built one by one.
#[test]
fn a_reader_that_wants_one_name_later_misses_nothing_under_it() {
    let changes = ChangeReader::new();
    let take = |wanted: &[&str]| {
        let metrics = changes.changes(|metric| wanted.contains(&metric.name())).metrics;
        let mut taken: Vec<_> = metrics
            .iter()
            .map(|metric| {
                let [series] = &*metric.series else { panic!("{metric:?}") };
                let histogram = series.value.as_histogram().unwrap();
                let [min, max] = [histogram.min, histogram.max];
                (metric.descriptor.name(), histogram.count, histogram.sum, min, max)
            })
            .collect();
        taken.sort_by_key(|taken| taken.0);
        taken
    };
    const NEW: &str = "renamed.late_sizes";
    const OLD: &str = "old.late_sizes";
    Shop::late_sizes("a").record(1);
    assert_eq!(take(&[NEW]), [(NEW, 1, 1.0, 1.0, 1.0)]);
    Shop::late_sizes("a").record(20);
    Shop::late_sizes("a").record(4);
    assert_eq!(take(&[NEW]), [(NEW, 2, 24.0, 4.0, 20.0)]);
    Shop::late_sizes("a").record(3);
    assert_eq!(take(&[NEW, OLD]), [(OLD, 4, 28.0, 1.0, 20.0), (NEW, 1, 3.0, 3.0, 3.0)]);
    Shop::late_sizes("a").record(6);
    assert_eq!(take(&[OLD]), [(OLD, 1, 6.0, 6.0, 6.0)]);
    assert_eq!(take(&[NEW, OLD]), [(NEW, 1, 6.0, 6.0, 6.0)]);
    assert_eq!(take(&[NEW, OLD]), []);
}

#[test]
fn all_definitions_of_a_metric_have_its_old_name() {
    let changes = ChangeReader::new();
    Shop::twin("a").add(1);
    Other::second("a").add(20);
    Other::second("b").add(300);
    let both = expected(&[("kind=a", 21.0), ("kind=b", 300.0)]);
    let snapshot = snapshot();
    assert_eq!(shown(&snapshot, "renamed.twin"), both);
    assert_eq!(shown(&snapshot, "old.twin"), both);
    let metrics = changes.changes(|metric| metric.name() == "old.twin").metrics;
    let series = metrics.iter().flat_map(|metric| &metric.series);
    assert_eq!(series.map(|series| series.value.as_f64()).sum::<f64>(), 321.0);
}

#[test]
fn handlers_are_told_of_both_names_and_subscribe_to_either() {
    let _turn = my_turn();
    let memory = InMemoryHandler::new();
    set_metric_handlers(memory.clone()).unwrap();
    let registered: Vec<_> = memory.metrics().iter().map(|metric| metric.name()).collect();
    for name in ["renamed.told", "old.told"] {
        assert_eq!(registered.iter().filter(|other| **other == name).count(), 1);
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    add_metric_handler(Subscriber { prefix: "old.t", seen: Arc::clone(&seen) }).unwrap();
    Shop::told("a").add(2);
    Other::second("told").add(3);
    assert_eq!(*seen.lock().unwrap(), ["old.told kind=a 2", "old.twin kind=told 3"]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let subscriber = Subscriber { prefix: "renamed.told", seen: Arc::clone(&seen) };
    set_metric_handlers(subscriber).unwrap();
    Shop::told("b").add(2);
    assert_eq!(*seen.lock().unwrap(), ["renamed.told kind=b 2"]);
}

#[test]
fn a_run_time_metric_has_an_old_name_too() {
    let metric = |name, old| Metric::counter(name).was(old);
    let new = register_metric("run.new", metric("run.new", "run.old")).unwrap();
    assert_eq!(new.descriptor().was(), Some("run.old"));
    new.record(3, attributes!("kind" => "a")).unwrap();
    assert_eq!(shown(&snapshot(), "run.old"), expected(&[("kind=a", 3.0)]));
    register_metric("again", metric("run.new", "run.old")).unwrap();
    let refused = |key: &str, metric| register_metric(key, metric).unwrap_err().to_string();
    for (error, text) in [
        (refused("k1", metric("run.new", "run.other")), "a different old name"),
        (refused("k2", Metric::counter("RUN.old")), "`RUN.old` is the name or the old name of"),
        (refused("Run.Old", Metric::counter("run.third")), "the old name of the metric `run.new`"),
        (refused("k3", metric("run.newer", "run.OLD")), "`run.OLD` is the name or the old name of"),
        (refused("k4", metric("run.newer", "run.new")), "`run.new` is the name or the old name of"),
        (refused("k5", metric("run.newer", "Run.Newer")), "its old name is its name"),
        (refused("k6", metric("run.newer", "1")), "old metric name \"1\" cannot be used"),
        (refused("k7", metric("run.newer", "renamed.orders")), "`Shop::Orders` at "),
        (refused("k8", metric("run.newer", "old.orders")), "`Shop::Orders` at "),
    ] {
        assert!(error.contains(text), "{error}");
    }
    let error = record_metric("run.old", 1, MetricType::Counter, attributes!()).unwrap_err();
    assert!(error.to_string().contains("the old name of the metric `run.new`"), "{error}");
}

#[test]
fn no_run_time_metric_takes_an_old_name() {
    let error = register_metric("new key", Metric::counter("Old.Orders")).unwrap_err();
    assert!(error.to_string().contains("`Shop::Orders` at "), "{error}");
    let none = attributes!();
    let error = record_metric("old.orders", 1, MetricType::Counter, none).unwrap_err();
    assert!(error.to_string().contains("`Shop::Orders` at "), "{error}");
}
