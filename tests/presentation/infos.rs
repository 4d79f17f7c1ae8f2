//! Infos.

use std::sync::{Arc, Mutex};

use typed_metrics::testing::{capture, capture_thread};
use typed_metrics::{
    DropReason, Label, MetricType, Metrics, Value, ValueType, set_metric_handlers, snapshot,
};
use typed_metrics_turn::my_turn;

use crate::support::{Receiver, Subscriber, expected, shown};

#[derive(Debug, Clone, Copy, Label)]
enum Mode {
    Leader,
    Follower,
}

#[derive(Metrics)]
#[metrics(prefix = "infos")]
enum App<'a> {
    /// The build that runs.
    #[info(positional)]
    Build { version: &'static str, revision: &'a str },
    #[info]
    Role { mode: Mode },
    #[info]
    Captured { version: &'a str },
    #[info]
    Changed { version: &'a str },
    #[info]
    Removed { version: &'a str },
    #[info(series_limit = 4)]
    Many { version: u32 },
    #[info]
    ByValue { version: &'a str },
    #[info]
    Subscribed { version: &'a str },
}

#[derive(Metrics)]
#[metrics(prefix = "infos")]
enum Twin<'a> {
    #[info(name = "twin")]
    First { version: &'a str },
}

#[derive(Metrics)]
#[metrics(prefix = "infos")]
enum Other<'a> {
    #[info(name = "twin")]
    Second { version: &'a str },
}

#[test]
fn the_labels_that_were_set_last_have_the_value_1() {
    let descriptor = App::descriptors()[0];
    assert_eq!(descriptor.metric_type(), MetricType::UpDownCounter);
    assert_eq!(descriptor.value_type(), ValueType::I64);
    assert_eq!((descriptor.is_info(), descriptor.state_label()), (true, None));
    assert_eq!(shown(&snapshot(), "infos.build"), []);
    for (revision, labels) in [
        ("abc", "version=1.2.0 revision=abc"),
        ("def", "version=1.2.0 revision=def"),
        ("abc", "version=1.2.0 revision=abc"),
    ] {
        App::build("1.2.0", revision).set();
        let snapshot = snapshot();
        assert_eq!(shown(&snapshot, "infos.build"), expected(&[(labels, 1.0)]));
        assert_eq!(snapshot.get("infos.build").unwrap().series[0].value, Value::I64(1));
    }
    App::role(Mode::Leader).set();
    App::role(Mode::Follower).set();
    assert_eq!(shown(&snapshot(), "infos.role"), expected(&[("mode=follower", 1.0)]));
}

#[test]
fn a_capture_sees_its_own_info() {
    let old = App::captured("old");
    old.set();
    let outer = capture_thread();
    let inner = capture(|| old.set());
    App::captured("new").set();
    inner.assert_set(App::Captured { version: "old" });
    let outer = outer.finish();
    assert!(!outer.is_set(App::Captured { version: "old" }));
    outer.assert_set(App::Captured { version: "new" });
}

#[test]
fn changes_replace_the_info_before() {
    let mut receiver = Receiver::new();
    assert_eq!(receiver.take("infos.changed"), 0);
    App::changed("1").set();
    assert_eq!(receiver.take("infos.changed"), 1);
    assert_eq!(receiver.take("infos.changed"), 0);
    App::changed("2").set();
    App::changed("3").set();
    assert_eq!(receiver.take("infos.changed"), 1);
    assert_eq!(receiver.shown(), expected(&[("version=3", 1.0)]));
    App::changed("1").set();
    assert_eq!(receiver.take("infos.changed"), 1);
    assert_eq!(receiver.shown(), expected(&[("version=1", 1.0)]));
    App::changed("1").remove();
    assert_eq!((receiver.take("infos.changed"), receiver.shown()), (0, vec![]));
}

#[test]
fn a_removed_info_does_not_bring_an_older_one_back() {
    App::removed("1").set();
    App::removed("2").set();
    App::removed("1").remove();
    assert_eq!(shown(&snapshot(), "infos.removed"), expected(&[("version=2", 1.0)]));
    App::removed("1").set();
    App::removed("3").set();
    App::removed("never set").remove();
    assert_eq!(shown(&snapshot(), "infos.removed"), expected(&[("version=3", 1.0)]));
    App::removed("3").remove();
    assert_eq!(shown(&snapshot(), "infos.removed"), []);
    App::removed("1").set();
    assert_eq!(shown(&snapshot(), "infos.removed"), expected(&[("version=1", 1.0)]));
}

#[test]
fn replaced_infos_make_room_under_the_series_limit() {
    for version in 0..100 {
        App::many(version).set();
        let labels = format!("version={version}");
        assert_eq!(shown(&snapshot(), "infos.many"), expected(&[(&labels, 1.0)]));
    }
    assert!(snapshot().get("infos.many").unwrap().dropped.is_empty());
    // Without a collection, the rest is in the overflow series.
    (100..110).for_each(|version| App::many(version).set());
    assert_eq!(shown(&snapshot(), "infos.many"), expected(&[("otel.metric.overflow=true", 1.0)]));
    App::many(1000).set();
    assert_eq!(shown(&snapshot(), "infos.many"), expected(&[("version=1000", 1.0)]));
}

#[test]
fn two_definitions_have_one_info_together() {
    let mut receiver = Receiver::new();
    for (set, labels) in [
        (&(|| Twin::first("a").set()) as &dyn Fn(), "version=a"),
        (&|| Other::second("b").set(), "version=b"),
        (&|| Other::second("a").set(), "version=a"),
        (&|| Twin::first("b").set(), "version=b"),
        (&|| Twin::first("a").set(), "version=a"),
    ] {
        set();
        assert_eq!(shown(&snapshot(), "infos.twin"), expected(&[(labels, 1.0)]));
        receiver.take("infos.twin");
        assert_eq!(receiver.shown(), expected(&[(labels, 1.0)]));
    }
    Twin::first("a").remove();
    assert_eq!(shown(&snapshot(), "infos.twin"), []);
}

#[test]
fn by_value_1_sets_the_info_and_other_numbers_are_dropped() {
    let seen = capture(|| {
        App::ByValue { version: "1" }.record(1);
        App::ByValue { version: "2" }.record(0);
    });
    seen.assert_set(App::ByValue { version: "1" });
    let snapshot = snapshot();
    assert_eq!(snapshot.get("infos.by_value").unwrap().dropped, [(DropReason::WrongType, 1)]);
}

#[test]
fn a_subscriber_sees_each_info_that_is_set() {
    let _turn = my_turn();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let subscriber = Subscriber { prefix: "infos.subscribed", seen: Arc::clone(&seen) };
    set_metric_handlers(subscriber).unwrap();
    App::subscribed("1").set();
    App::subscribed("2").set();
    assert_eq!(
        *seen.lock().unwrap(),
        ["infos.subscribed version=1 1", "infos.subscribed version=2 1"]
    );
}
