//! Recording allocates nothing once the series and the thread's own cells are there.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "steady")]
enum Steady<'a> {
    #[counter]
    Fixed { side: Side },
    #[counter]
    Open { route: &'a str, status: u16 },
    #[counter(value = f64)]
    Shown {
        #[label(display)]
        peer: IpAddr,
    },
    #[counter]
    ByValue { name: &'a str },
    #[counter]
    Long { text: &'a str },
    #[up_down_counter]
    Level { side: Side },
    #[up_down_counter]
    OpenLevel { name: &'a str },
    #[gauge]
    Size { side: Side },
    #[gauge(value = u64)]
    OpenSize { name: &'a str },
    #[histogram(unit = "ms", buckets = [1, 10, 100])]
    Time { side: Side },
    #[histogram(unit = "ms")]
    OpenTime { name: &'a str, hit: bool },
}

/// Allocations of a thousand calls, after one that makes the series and one that the thread
/// remembers it by.
fn allocations(mut record: impl FnMut()) -> u64 {
    record();
    record();
    allocation_counter::measure(|| (0..1000).for_each(|_| record())).count_total
}

fn sum(name: &str) -> f64 {
    let snapshot = typed_metrics::snapshot();
    snapshot.get(name).unwrap().series.iter().map(|series| series.value.as_f64()).sum()
}

#[test]
fn counters() {
    let left = Steady::fixed(Side::Left);
    assert_eq!(allocations(|| left.inc()), 0);
    assert_eq!(allocations(|| Steady::fixed(Side::Right).add(2)), 0);
    assert_eq!(sum("steady.fixed"), 3.0 * 1002.0);
    assert_eq!(allocations(|| Steady::open("/search", 200).inc()), 0);
    assert_eq!(sum("steady.open"), 1002.0);
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    assert_eq!(allocations(|| Steady::shown(peer).add(0.5)), 0);
    assert_eq!(sum("steady.shown"), 501.0);
    let text = "é".repeat(100_000);
    assert_eq!(allocations(|| Steady::long(&text).inc()), 0);
    assert_eq!(sum("steady.long"), 1002.0);
}

#[test]
fn up_down_counters() {
    assert_eq!(allocations(|| Steady::level(Side::Left).inc()), 0);
    assert_eq!(allocations(|| drop(Steady::level(Side::Right).enter())), 0);
    assert_eq!(sum("steady.level"), 1002.0);
    assert_eq!(allocations(|| Steady::open_level("mail").add(-2)), 0);
    assert_eq!(sum("steady.open_level"), -2004.0);
}

#[test]
fn gauges() {
    assert_eq!(allocations(|| Steady::size(Side::Left).set(1.5)), 0);
    assert_eq!(sum("steady.size"), 1.5);
    assert_eq!(allocations(|| Steady::open_size("mail").set(7_u8)), 0);
    assert_eq!(sum("steady.open_size"), 7.0);
}

#[test]
fn histograms_and_timers() {
    assert_eq!(allocations(|| Steady::time(Side::Left).record(2)), 0);
    assert_eq!(allocations(|| Steady::time(Side::Left).record(Duration::from_millis(3))), 0);
    assert_eq!(sum("steady.time"), 5.0 * 1002.0);
    assert_eq!(allocations(|| drop(Steady::time(Side::Right).start_timer())), 0);
    assert_eq!(allocations(|| Steady::open_time("mail", true).record(2.5)), 0);
    assert_eq!(sum("steady.open_time"), 2.5 * 1002.0);
}

#[test]
fn by_value_and_what_is_dropped() {
    assert_eq!(allocations(|| Steady::ByValue { name: "v" }.record(1)), 0);
    assert_eq!(allocations(|| Steady::OpenTime { name: "v", hit: false }.record(f64::NAN)), 0);
    assert_eq!(allocations(|| Steady::ByValue { name: "v" }.record(-1)), 0);
    assert_eq!(allocations(|| Steady::OpenSize { name: "v" }.record(-1)), 0);
    assert_eq!(sum("steady.by_value"), 1002.0);
}
