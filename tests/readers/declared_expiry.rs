//! The keys `expire` and `last_recorded` of a metrics enum.

use std::thread::sleep;
use std::time::Duration;

use typed_metrics::{Label, Metrics, Reader, SeriesSnapshot, set_default_expiry, snapshot};
use typed_metrics_turn::my_turn;

const EXPIRY: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "declared", expire = "100ms")]
enum Declared<'a> {
    #[counter]
    Plain { side: Side },
    #[counter(value = f64)]
    Open { key: &'a str },
    #[histogram(buckets = [10], expire = "1h")]
    Size { side: Side },
    #[gauge(expire = "never")]
    Kept,
    #[up_down_counter]
    Depth { side: Side },
}

#[derive(Metrics)]
#[metrics(prefix = "times")]
enum Times {
    #[counter(last_recorded)]
    Asked,
    #[counter]
    Other,
    #[counter(expire = "never")]
    Kept,
    #[counter(expire = "2d", last_recorded)]
    Both,
}

#[derive(Metrics)]
#[metrics(prefix = "all_times", last_recorded)]
enum AllTimes {
    #[up_down_counter]
    Depth,
}

fn find(metric: &str, labels: &[(&str, &str)]) -> Option<SeriesSnapshot> {
    snapshot().get(metric)?.series_with(labels).cloned()
}

fn wait() {
    sleep(EXPIRY + Duration::from_millis(20));
}

#[test]
fn a_descriptor_knows_the_expiry() {
    let _turn = my_turn();
    let hour = Duration::from_secs(3600);
    let expiries = || Declared::descriptors().into_iter().map(|metric| metric.expiry());
    let declared = [Some(EXPIRY), Some(EXPIRY), Some(hour), None, None];
    assert!(expiries().eq(declared));
    let times = || Times::descriptors().into_iter().map(|metric| metric.expiry());
    let both = Some(48 * hour);
    assert!(times().eq([None, None, None, both]));
    set_default_expiry(hour);
    let with_default: [Vec<_>; 2] = [expiries().collect(), times().collect()];
    set_default_expiry(None);
    assert_eq!(with_default, [declared.to_vec(), vec![Some(hour), Some(hour), None, both]]);
}

#[test]
fn an_idle_series_with_fixed_labels_expires_and_its_handle_stays_valid() {
    let _turn = my_turn();
    let reader = Reader::new();
    let (left, right) = (Declared::plain(Side::Left), Declared::plain(Side::Right));
    left.add(3);
    right.inc();
    let _ = reader.collect();
    wait();
    right.inc();
    let last = reader.collect().get("declared.plain").unwrap().clone();
    let [idle] = &*last.removed else { panic!("{last:?}") };
    assert_eq!((idle.labels.to_string(), idle.value.as_f64()), ("side=left".into(), 3.0));
    let [busy] = &*last.series else { panic!("{last:?}") };
    assert_eq!((busy.labels.to_string(), busy.value.as_f64()), ("side=right".into(), 2.0));
    left.inc();
    let back = find("declared.plain", &[("side", "left")]).unwrap();
    assert_eq!(back.value.as_f64(), 1.0);
    assert!(back.created > idle.created && back.last_recorded > idle.last_recorded);
}

#[test]
fn the_expiry_of_an_enum_is_for_variants_without_their_own() {
    let _turn = my_turn();
    Declared::open("a").add(0.5);
    Declared::size(Side::Left).record(3);
    Declared::kept().set(7);
    Declared::depth(Side::Left).inc();
    let is_there = || {
        let side = [("side", "left")];
        [
            ("declared.open", &[("key", "a")][..]),
            ("declared.size", &side),
            ("declared.kept", &[]),
            ("declared.depth", &side),
        ]
        .map(|(metric, labels)| find(metric, labels).is_some())
    };
    assert_eq!(is_there(), [true; 4]);
    wait();
    assert_eq!(is_there(), [false, true, true, true]);
}

#[test]
fn last_times_are_known_where_they_are_declared() {
    let _turn = my_turn();
    Times::asked().inc();
    Times::other().inc();
    Times::kept().inc();
    Times::both().inc();
    AllTimes::depth().inc();
    let is_known = |metric| find(metric, &[]).unwrap().last_recorded.is_some();
    let known = ["times.asked", "times.other", "times.kept", "times.both", "all_times.depth"];
    assert_eq!(known.map(is_known), [true, false, false, true, true]);
}
