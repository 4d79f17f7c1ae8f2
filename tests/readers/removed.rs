//! A series that is removed hands its last values to every reader.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use typed_metrics::{ChangeReader, Changes, Label, Metrics, Reader, Value};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "removed")]
enum Removed<'a> {
    #[counter]
    Plain { side: Side },
    #[counter(value = f64)]
    Cost { side: Side },
    #[counter]
    Open { key: &'a str },
    #[counter(series_limit = 2)]
    Few { key: u32 },
    #[histogram(buckets = [10])]
    Size { key: &'a str },
    #[histogram(buckets = [10])]
    Weight { side: Side },
    #[gauge]
    Level { key: &'a str },
    #[up_down_counter]
    Depth { key: &'a str },
}

/// The changes of a metric, by labels: of histograms, their count.
fn sums(changes: &Changes) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for series in changes.metrics.iter().flat_map(|metric| &metric.series) {
        let value = match &series.value {
            Value::Histogram(histogram) => histogram.count as f64,
            other => other.as_f64(),
        };
        *sums.entry(series.labels().to_string()).or_default() += value;
    }
    sums
}

fn changes(reader: &ChangeReader, name: &str) -> Changes {
    reader.changes(|metric| metric.name() == name)
}

#[test]
fn nothing_that_was_recorded_before_a_removal_is_lost() {
    let _turn = my_turn();
    let reader = ChangeReader::new();
    let _ = reader.changes(|_| true);
    for _ in 0..10 {
        Removed::plain(Side::Left).add(5);
        Removed::plain(Side::Left).remove();
        Removed::cost(Side::Left).add(0.5);
        Removed::cost(Side::Left).remove();
        Removed::open("a").add(5);
        Removed::open("a").remove();
        Removed::size("a").record(3);
        Removed::size("a").remove();
        Removed::weight(Side::Left).record(3);
        Removed::weight(Side::Left).remove();
    }
    let expected = [
        ("removed.plain", "side=left", 50.0),
        ("removed.cost", "side=left", 5.0),
        ("removed.open", "key=a", 50.0),
        ("removed.size", "key=a", 10.0),
        ("removed.weight", "side=left", 10.0),
    ];
    for (metric, labels, sum) in expected {
        let sums = sums(&changes(&reader, metric));
        assert_eq!(sums, BTreeMap::from([(labels.to_owned(), sum)]), "{metric}");
        assert!(changes(&reader, metric).metrics.is_empty(), "{metric}");
    }
}

#[test]
fn each_reader_gets_the_last_difference_and_then_the_removal() {
    let _turn = my_turn();
    Removed::open("b").remove();
    let (early, late) = (ChangeReader::new(), ChangeReader::new());
    for reader in [&early, &late] {
        let _ = reader.changes(|_| true);
    }
    Removed::open("b").add(3);
    let id = changes(&early, "removed.open").metrics[0].series[0].id;
    Removed::open("b").add(4);
    Removed::open("b").remove();
    Removed::open("b").add(1);
    let open = &changes(&early, "removed.open").metrics[0];
    let new = &open.series[0];
    let [_, old] = &*open.series else { panic!("{open:?}") };
    assert_eq!((new.value.clone(), old.value.clone()), (Value::U64(1), Value::U64(4)));
    assert!(new.id != id && old.id == id && open.removed == [id]);
    // This reader has never seen the series that was removed.
    let open = &changes(&late, "removed.open").metrics[0];
    assert_eq!(open.series.iter().map(|series| series.value.as_f64()).sum::<f64>(), 8.0);
    assert_eq!(open.removed, [id]);
    assert!(changes(&late, "removed.open").metrics.is_empty());
}

#[test]
fn a_snapshot_of_a_reader_has_the_last_values_once() {
    let _turn = my_turn();
    let reader = Reader::new();
    for (value, key) in [(4, "c"), (40, "c"), (5, "d")] {
        Removed::size(key).record(value);
    }
    let removed = |reader: &Reader| {
        let snapshot = reader.collect();
        let size = snapshot.get("removed.size").unwrap();
        assert!(
            size.series_with(&[("key", "c")])
                .is_none_or(|series| { series.value.as_histogram().unwrap().count == 3 })
        );
        size.removed.clone()
    };
    let _ = reader.collect();
    Removed::size("c").record(7);
    let _ = typed_metrics::snapshot();
    Removed::size("c").remove();
    let [c] = &*removed(&reader) else { panic!() };
    let last = c.value.as_histogram().unwrap();
    assert_eq!((c.labels.to_string(), last.count, last.max), ("key=c".into(), 3, 40.0));
    let interval = last.interval.as_ref().unwrap();
    assert_eq!((interval.count, interval.sum, interval.max), (1, 7.0, 7.0));
    assert!(removed(&reader).is_empty());
    assert!(typed_metrics::snapshot().get("removed.size").unwrap().removed.is_empty());
}

#[test]
fn levels_end_without_a_last_value() {
    let _turn = my_turn();
    let (differences, reader) = (ChangeReader::new(), Reader::new());
    Removed::level("e").set(3);
    Removed::depth("e").add(3);
    let wanted = |metric: &typed_metrics::Descriptor| {
        ["removed.level", "removed.depth"].contains(&metric.name())
    };
    let _ = differences.changes(wanted);
    Removed::level("e").remove();
    Removed::depth("e").remove();
    let changes = differences.changes(wanted);
    assert_eq!(changes.metrics.len(), 2);
    assert!(changes.metrics.iter().all(|metric| metric.series.is_empty()));
    assert!(changes.metrics.iter().all(|metric| metric.removed.len() == 1));
    let snapshot = reader.collect();
    assert!(snapshot.metrics.iter().all(|metric| metric.removed.is_empty()));
}

/// Sets the flag, also after a panic.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Threads record while another removes, and a third collects. Everything arrives.
fn storm(name: &str, record: impl Fn(u32) + Sync, remove: impl Fn(u32) + Sync) {
    const EACH: u32 = 100_000;
    let reader = ChangeReader::new();
    let is_done = AtomicBool::new(false);
    let arrived = || sums(&changes(&reader, name)).values().sum::<f64>();
    // Other tests recorded too.
    arrived();
    let mut total = thread::scope(|scope| {
        let _done = SetAtEnd(&is_done);
        let recording = [0, 1].map(|_| scope.spawn(|| (0..EACH).for_each(&record)));
        scope.spawn(|| {
            for round in 0.. {
                if is_done.load(Relaxed) {
                    break;
                }
                remove(round);
            }
        });
        let mut total = 0.0;
        while !recording.iter().all(thread::ScopedJoinHandle::is_finished) {
            total += arrived();
        }
        total
    });
    total += arrived();
    assert_eq!(total, f64::from(2 * EACH), "{name}");
    assert_eq!(arrived(), 0.0, "{name}");
}

#[test]
fn nothing_is_lost_while_series_are_removed() {
    let _turn = my_turn();
    storm(
        "removed.plain",
        |_| Removed::plain(Side::Right).inc(),
        |_| {
            Removed::plain(Side::Right).remove();
        },
    );
    storm(
        "removed.cost",
        |_| Removed::cost(Side::Right).add(1.0),
        |_| {
            Removed::cost(Side::Right).remove();
        },
    );
    storm("removed.open", |_| Removed::open("s").inc(), |_| Removed::open("s").remove());
    storm("removed.size", |_| Removed::size("s").record(3), |_| Removed::size("s").remove());
    storm(
        "removed.weight",
        |_| Removed::weight(Side::Right).record(3),
        |_| {
            Removed::weight(Side::Right).remove();
        },
    );
}

#[test]
fn nothing_is_lost_while_the_memory_of_removed_series_is_used_again() {
    let _turn = my_turn();
    storm("removed.few", |i| Removed::few(i % 5).inc(), |round| Removed::few(round % 5).remove());
    // A handle that is older than the labels of its memory.
    let handles = [0, 1, 2].map(Removed::few);
    storm(
        "removed.few",
        |i| handles[i as usize % 3].inc(),
        |round| {
            Removed::few(round % 5).remove();
        },
    );
}
