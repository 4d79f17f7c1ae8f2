//! Metrics with states.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;

use typed_metrics::testing::{capture, capture_thread};
use typed_metrics::{
    ChangeReader, DropReason, Label, MetricType, Metrics, Reader, Value, ValueType,
    set_metric_handlers, snapshot,
};
use typed_metrics_turn::my_turn;

use crate::support::{Receiver, Subscriber, expected, shown};

#[derive(Debug, Clone, Copy, PartialEq, Label)]
enum Phase {
    Starting,
    Running,
    Draining,
}

#[derive(Debug, Clone, Copy, Label)]
enum Zone {
    East,
    West,
}

#[derive(Metrics)]
#[metrics(prefix = "states", labels(cluster = "c1"))]
enum Node<'a> {
    /// Phase of a node.
    #[state]
    Phase { node: &'a str, phase: Phase },
    #[state(last_recorded)]
    Fixed { zone: Zone, phase: Phase },
    #[state]
    Alone { phase: Phase },
    #[state]
    Maybe { node: &'a str, phase: Option<Phase> },
    #[state]
    Told { node: &'a str, phase: Phase },
    #[state]
    Watched { phase: Phase },
    #[state]
    Busy { node: &'a str, phase: Phase },
    #[state(series_limit = 2)]
    Many { node: &'a str, phase: Phase },
    #[state]
    Removed { node: &'a str, phase: Phase },
    #[counter]
    Requests { node: &'a str },
}

/// A second definition of some of the metrics, and an enum of states alone.
#[derive(Metrics)]
#[metrics(prefix = "states")]
enum Twin<'a> {
    #[state(name = "twin")]
    First { node: &'a str, phase: Phase },
}

#[derive(Metrics)]
#[metrics(prefix = "states")]
enum Other<'a> {
    #[state(name = "twin")]
    Second { node: &'a str, phase: Phase },
}

#[test]
fn one_state_is_1_and_the_others_are_0() {
    let node = Node::phase("a");
    assert!(shown(&snapshot(), "states.phase").iter().all(|(labels, _)| !labels.contains("=a ")));
    for (state, [draining, running, starting]) in [
        (Phase::Starting, [0.0, 0.0, 1.0]),
        (Phase::Running, [0.0, 1.0, 0.0]),
        (Phase::Running, [0.0, 1.0, 0.0]),
        (Phase::Draining, [1.0, 0.0, 0.0]),
    ] {
        node.set(state);
        let snapshot = snapshot();
        assert_eq!(
            shown(&snapshot, "states.phase"),
            expected(&[
                ("node=a phase=draining cluster=c1", draining),
                ("node=a phase=running cluster=c1", running),
                ("node=a phase=starting cluster=c1", starting),
            ])
        );
        let series = &snapshot.get("states.phase").unwrap().series;
        assert!(series.iter().all(|series| matches!(series.value, Value::I64(0 | 1))));
    }
}

#[test]
fn handlers_see_an_up_down_counter() {
    let descriptor = Node::descriptors()[0];
    assert_eq!(descriptor.metric_type(), MetricType::UpDownCounter);
    assert_eq!(descriptor.value_type(), ValueType::I64);
    assert_eq!((descriptor.state_label(), descriptor.is_info()), (Some("phase"), false));
    let labels: Vec<_> = descriptor.labels().iter().map(|label| label.name()).collect();
    assert_eq!(labels, ["node", "phase", "cluster"]);
    assert_eq!(descriptor.labels()[1].cardinality(), Some(3));
    assert_eq!(descriptor.expiry(), None);
    assert_eq!(Node::descriptors()[9].state_label(), None);
}

#[test]
fn fixed_labels_have_states_of_their_own() {
    Node::fixed(Zone::East).set(Phase::Running);
    Node::alone().set(Phase::Draining);
    let reader = Reader::new();
    let snapshot = reader.collect();
    let east = [
        ("zone=east phase=draining cluster=c1", 0.0),
        ("zone=east phase=running cluster=c1", 1.0),
        ("zone=east phase=starting cluster=c1", 0.0),
    ];
    assert_eq!(shown(&snapshot, "states.fixed"), expected(&east));
    let first = snapshot.get("states.fixed").unwrap().series[0].last_recorded;
    assert!(first.is_some());
    assert_eq!(
        shown(&snapshot, "states.alone"),
        expected(&[
            ("phase=draining cluster=c1", 1.0),
            ("phase=running cluster=c1", 0.0),
            ("phase=starting cluster=c1", 0.0),
        ])
    );
    // The same state again is a measurement.
    Node::fixed(Zone::East).set(Phase::Running);
    let later = reader.collect().get("states.fixed").unwrap().series[0].last_recorded;
    assert!(later > first);
    assert_eq!(reader.collect().get("states.fixed").unwrap().series[0].last_recorded, later);
    Node::fixed(Zone::West).remove();
}

#[test]
fn none_sets_every_state_to_0() {
    let node = Node::maybe("a");
    let current = || {
        let all = shown(&snapshot(), "states.maybe");
        all.into_iter().filter(|(_, value)| *value > 0.0).map(|(labels, _)| labels).next()
    };
    node.set(Some(Phase::Running));
    assert_eq!(current().as_deref(), Some("node=a phase=running cluster=c1"));
    node.set(None);
    assert_eq!((current(), shown(&snapshot(), "states.maybe").len()), (None, 3));
}

#[test]
fn by_value_1_sets_the_state_and_other_numbers_are_dropped() {
    let seen = capture(|| {
        Node::Told { node: "v", phase: Phase::Running }.record(1);
        Node::Told { node: "v", phase: Phase::Starting }.record(0);
        Node::Told { node: "v", phase: Phase::Starting }.record(2.5);
        Node::Requests { node: "v" }.record(7);
    });
    seen.assert_set(Node::Told { node: "v", phase: Phase::Running });
    assert!(!seen.is_set(Node::Told { node: "v", phase: Phase::Starting }));
    assert!(!seen.is_set(Node::Told { node: "unknown", phase: Phase::Running }));
    seen.assert_up_down_counter(Node::Told { node: "v", phase: Phase::Running }, 1);
    seen.assert_counter(Node::Requests { node: "v" }, 7);
    let dropped = &snapshot().get("states.told").unwrap().dropped.clone();
    assert_eq!(*dropped, [(DropReason::WrongType, 2)]);
    let wrong = std::panic::catch_unwind(|| {
        seen.assert_set(Node::Told { node: "v", phase: Phase::Draining });
    });
    let message = *wrong.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("node=v phase=draining cluster=c1`: expected 1, but"), "{message}");
    assert!(message.contains("states.told node=v phase=running cluster=c1 = 1"), "{message}");
    let wrong = std::panic::catch_unwind(|| {
        seen.assert_gauge(Node::Told { node: "v", phase: Phase::Running }, 1.0);
    });
    assert_eq!(
        *wrong.unwrap_err().downcast::<String>().unwrap(),
        "`states.told` is a state; ask for `is_set` or `assert_set`, not for `gauge`"
    );
}

#[test]
fn a_capture_sees_its_own_state() {
    let node = Node::phase("captured");
    node.set(Phase::Starting);
    capture_thread().finish().assert_nothing();
    let outer = capture_thread();
    let inner = capture(|| node.set(Phase::Draining));
    thread::spawn(move || node.set(Phase::Running)).join().unwrap();
    inner.assert_set(Node::Phase { node: "captured", phase: Phase::Draining });
    outer.finish().assert_set(Node::Phase { node: "captured", phase: Phase::Draining });
    node.remove();
}

#[test]
fn changes_add_up_to_one_state() {
    let (mut receiver, node) = (Receiver::new(), Node::busy("a"));
    node.set(Phase::Starting);
    assert_eq!(receiver.take("states.busy"), 3);
    assert_eq!(receiver.take("states.busy"), 0);
    node.set(Phase::Running);
    node.set(Phase::Draining);
    assert_eq!(receiver.take("states.busy"), 2);
    let all = |draining, running, starting| {
        expected(&[
            ("node=a phase=draining cluster=c1", draining),
            ("node=a phase=running cluster=c1", running),
            ("node=a phase=starting cluster=c1", starting),
        ])
    };
    assert_eq!(receiver.shown(), all(1.0, 0.0, 0.0));
    // A new receiver begins with everything.
    let mut late = Receiver::new();
    assert_eq!((late.take("states.busy"), late.shown()), (3, all(1.0, 0.0, 0.0)));
    node.remove();
    assert_eq!((receiver.take("states.busy"), receiver.shown()), (0, vec![]));
    node.set(Phase::Starting);
    assert_eq!((receiver.take("states.busy"), receiver.shown()), (3, all(0.0, 0.0, 1.0)));
}

#[test]
fn a_removed_state_is_gone_until_it_is_set_again() {
    let (a, b) = (Node::removed("a"), Node::removed("b"));
    a.set(Phase::Running);
    b.set(Phase::Running);
    let ids = || {
        let snapshot = snapshot();
        let series = &snapshot.get("states.removed").unwrap().series;
        series.iter().map(|series| series.id).collect::<Vec<_>>()
    };
    let before = ids();
    assert_eq!((before.len(), &ids()), (6, &before));
    assert!((1..6).all(|at| !before[..at].contains(&before[at])), "{before:?}");
    a.remove();
    assert_eq!(ids(), before[3..]);
    let snapshot = Reader::new().collect();
    assert!(snapshot.get("states.removed").unwrap().removed.is_empty());
    a.set(Phase::Starting);
    assert!(ids()[..3].iter().all(|id| !before.contains(id)));
}

#[test]
fn the_series_limit_counts_the_other_labels() {
    for node in ["a", "b", "c"] {
        Node::many(node).set(Phase::Running);
    }
    let running: Vec<_> = shown(&snapshot(), "states.many")
        .into_iter()
        .filter_map(|(labels, value)| (value > 0.0).then_some(labels))
        .collect();
    assert_eq!(
        running,
        [
            "node=a phase=running cluster=c1",
            "node=b phase=running cluster=c1",
            "otel.metric.overflow=true phase=running cluster=c1",
        ]
    );
}

#[test]
fn two_definitions_have_one_state_together() {
    let mut receiver = Receiver::new();
    Twin::first("a").set(Phase::Starting);
    Other::second("b").set(Phase::Running);
    let both = || {
        let running = shown(&snapshot(), "states.twin");
        running.into_iter().filter(|(_, value)| *value != 0.0).collect::<Vec<_>>()
    };
    let apart = expected(&[("node=a phase=starting", 1.0), ("node=b phase=running", 1.0)]);
    assert_eq!(both(), apart);
    assert_eq!(receiver.take("states.twin"), 6);
    Twin::first("b").set(Phase::Draining);
    let b = both().into_iter().filter(|(labels, _)| labels.starts_with("node=b")).count();
    assert_eq!(b, 1);
    receiver.take("states.twin");
    let current: Vec<_> = receiver.shown().into_iter().filter(|(_, value)| *value != 0.0).collect();
    assert_eq!(current, both());
    let mut ids: Vec<_> =
        snapshot().get("states.twin").unwrap().series.iter().map(|series| series.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[test]
fn readers_never_see_two_states_or_none() {
    static OVER: AtomicBool = AtomicBool::new(false);
    let node = Node::phase("raced");
    node.set(Phase::Starting);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !OVER.load(Relaxed) {
                    node.set(Phase::Running);
                    node.set(Phase::Draining);
                }
            });
        }
        let changes = ChangeReader::new();
        let mut sum = 0.0;
        for _ in 0..300 {
            let raced = shown(&snapshot(), "states.phase").into_iter();
            let raced: Vec<_> =
                raced.filter(|(labels, _)| labels.starts_with("node=raced")).collect();
            assert_eq!(raced.iter().map(|(_, value)| value).sum::<f64>(), 1.0);
            for metric in changes.changes(|metric| metric.name() == "states.phase").metrics {
                let series = metric.series.iter();
                let raced = series.filter(|series| series.labels().to_string().contains("raced"));
                sum += raced.map(|series| series.value.as_f64()).sum::<f64>();
            }
            assert_eq!(sum, 1.0);
        }
        OVER.store(true, Relaxed);
    });
    node.remove();
}

#[test]
fn a_state_is_read_at_every_collection_until_the_guard_is_dropped() {
    static DRAINS: AtomicBool = AtomicBool::new(false);
    let now = || if DRAINS.load(Relaxed) { Phase::Draining } else { Phase::Running };
    let observed = Node::watched().observe(now);
    let current = || {
        let all = shown(&snapshot(), "states.watched");
        all.into_iter().filter(|(_, value)| *value > 0.0).map(|(labels, _)| labels).next()
    };
    assert_eq!(current().as_deref(), Some("phase=running cluster=c1"));
    DRAINS.store(true, Relaxed);
    assert_eq!(current().as_deref(), Some("phase=draining cluster=c1"));
    drop(observed);
    assert_eq!(shown(&snapshot(), "states.watched"), []);
}

#[test]
fn a_subscriber_is_told_which_state_was_set() {
    let _turn = my_turn();
    let seen = Arc::new(Mutex::new(Vec::new()));
    set_metric_handlers(Subscriber { prefix: "states.told", seen: Arc::clone(&seen) }).unwrap();
    Node::told("s").set(Phase::Starting);
    Node::Told { node: "s", phase: Phase::Running }.record(1);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "states.told node=s phase=starting cluster=c1 1",
            "states.told node=s phase=running cluster=c1 1",
        ]
    );
}

#[test]
fn the_table_of_the_console_shows_each_state() {
    let seen = capture(|| Node::phase("table").set(Phase::Running));
    let table = seen.snapshot.to_string();
    let mut lines =
        table.lines().filter(|line| line.contains("phase=") || line.contains("states."));
    let line = lines.next().unwrap_or_default();
    assert!(line.contains("states.phase") && line.contains("state"), "{table}");
    assert_eq!(table.matches("table").count(), 3, "{table}");
}
