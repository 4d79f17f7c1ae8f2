//! Recording does not allocate once the series and the cells of the thread exist.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use typed_metrics::{Label, Metrics, Outcome, timed};

use crate::allocations;

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
    #[histogram(unit = "ms", exponential)]
    Exponential { side: Side },
    #[histogram(unit = "ms", exponential)]
    OpenExponential { name: &'a str },
    #[histogram(unit = "ms")]
    Call { name: &'a str, length: Option<usize>, outcome: Outcome },
    #[counter]
    Calls { name: &'a str, outcome: Outcome },
    #[counter]
    SampledCalls { name: &'a str, outcome: Outcome },
    #[up_down_counter]
    InFlight { name: &'a str },
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
    let adjusted = allocations(|| {
        Steady::size(Side::Left).add(2);
        Steady::size(Side::Left).sub(2);
        Steady::open_size("mail").dec();
        Steady::open_size("mail").set_max(9);
    });
    assert_eq!((adjusted, sum("steady.size"), sum("steady.open_size")), (0, 1.5, 9.0));
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
fn exponential_histograms() {
    assert_eq!(allocations(|| Steady::exponential(Side::Left).record(2)), 0);
    // The scale falls with each value, and then no longer.
    let mut value = 1e-300;
    let grows = || {
        Steady::exponential(Side::Right).record(value);
        Steady::open_exponential("mail").record(-value);
        value *= 4.0;
    };
    assert_eq!(allocations(grows), 0);
    let random = || {
        Steady::open_exponential("mail").record(fastrand::f64());
        Steady::open_exponential("mail").record_many(fastrand::i8(..), 3);
    };
    assert_eq!(allocations(random), 0);
}

#[test]
fn by_value_and_what_is_dropped() {
    assert_eq!(allocations(|| Steady::ByValue { name: "v" }.record(1)), 0);
    assert_eq!(allocations(|| Steady::OpenTime { name: "v", hit: false }.record(f64::NAN)), 0);
    assert_eq!(allocations(|| Steady::ByValue { name: "v" }.record(-1)), 0);
    assert_eq!(allocations(|| Steady::OpenSize { name: "v" }.record(-1)), 0);
    assert_eq!(sum("steady.by_value"), 1002.0);
}

#[test]
fn timed_functions_on_every_way_out() {
    #[timed(
        Steady::Call { name, outcome },
        length = |end| end.as_ref().ok().copied(),
        count = Steady::Calls { name, outcome },
        in_flight = Steady::InFlight { name },
    )]
    fn call(name: &str) -> Result<usize, ()> {
        if name.is_empty() { Err(()) } else { Ok(name.len()) }
    }
    #[timed(Steady::OpenTime { name, hit: true }, count = Steady::Calls { name, outcome })]
    async fn later(name: &str) {
        let mut polled = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    #[timed]
    fn by_default(fail: bool) -> Result<(), ()> {
        if fail { Err(()) } else { Ok(()) }
    }
    let poll = |times| {
        let mut future = pin!(later("later"));
        for _ in 0..times {
            let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    };

    assert_eq!(allocations(|| assert!(call("call").is_ok())), 0);
    assert_eq!(allocations(|| assert!(call("").is_err())), 0);
    assert_eq!(sum("steady.calls"), 2.0 * 1002.0);
    assert_eq!(allocations(|| poll(1)), 0);
    assert_eq!(allocations(|| poll(2)), 0);
    assert_eq!(sum("steady.calls"), 4.0 * 1002.0);
    assert_eq!(allocations(|| assert!(by_default(false).is_ok())), 0);
    assert_eq!(allocations(|| assert!(by_default(true).is_err())), 0);
    assert_eq!(sum("steady.in_flight"), 0.0);
}

#[test]
fn sampled_functions() {
    #[timed(Steady::OpenTime { name, hit: false }, count = Steady::SampledCalls { name, outcome },
        sample = 1/2)]
    fn call(name: &str) {}
    #[timed(sample = 1/2)]
    fn by_default() {}

    // 64 calls are certain to be measured once, so the first measurement is not among those that
    // are watched.
    let calls = || (0..64).for_each(|_| (call("sampled"), by_default()).0);
    assert_eq!(allocations(calls), 0);
    assert_eq!(sum("steady.sampled_calls"), 64.0 * 1002.0);
}

#[test]
fn past_the_series_limit_a_timed_call_counts_in_the_series_that_are_there() {
    #[derive(Metrics)]
    enum Full<'a> {
        #[histogram(unit = "s", series_limit = 4)]
        FullTime { name: &'a str, outcome: Outcome },
    }

    #[timed(Full::FullTime { name, outcome })]
    fn call(name: &str, fail: bool) -> Result<(), ()> {
        if fail { Err(()) } else { Ok(()) }
    }

    // The series limit has room for only the four series of errors.
    for name in ["a", "b", "c", "d"] {
        call(name, true).unwrap_err();
    }
    call("a", false).unwrap();
    call("e", true).unwrap_err();
    call("a", true).unwrap_err();
    let snapshot = typed_metrics::snapshot();
    let metric = snapshot.get("full_time").unwrap();
    let count = |labels: &[(&str, &str)]| {
        metric.series_with(labels).unwrap().value.as_histogram().unwrap().count
    };
    assert_eq!(count(&[("name", "a"), ("outcome", "error")]), 2);
    assert_eq!(count(&[("name", "b"), ("outcome", "error")]), 1);
    assert_eq!(count(&[("otel.metric.overflow", "true")]), 2);
    assert_eq!(metric.series.len(), 5);
    assert_eq!(metric.dropped, [(typed_metrics::DropReason::Overflow, 2)]);

    // A removal makes room for another series, also for calls with known labels.
    Full::full_time("b", Outcome::Error).remove();
    call("a", false).unwrap();
    let snapshot = typed_metrics::snapshot();
    let metric = snapshot.get("full_time").unwrap();
    let ok = metric.series_with(&[("name", "a"), ("outcome", "ok")]).unwrap();
    assert_eq!(ok.value.as_histogram().unwrap().count, 1);
}
