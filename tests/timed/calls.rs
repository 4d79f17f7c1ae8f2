//! The measurements of a call, and when they are recorded.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::{Objective, timed};

use crate::polls::{Polls, block_on, panics};
use crate::shop::{Endpoint, Shop, counts, of};

#[test]
fn a_call_is_recorded_in_the_histograms_own_unit() {
    #[timed(Shop::Plain { endpoint: Endpoint::Search })]
    fn search(query: &str) -> usize {
        std::thread::sleep(Duration::from_millis(20));
        query.len()
    }

    let seen = capture(|| search("abc"));
    assert_eq!(seen.returned, 3);
    let plain = seen.histogram(Shop::Plain { endpoint: Endpoint::Search });
    assert_eq!(plain.count, 1);
    assert!((20.0..2000.0).contains(&plain.sum), "{}", plain.sum);
    assert_eq!(seen.histogram(Shop::Plain { endpoint: Endpoint::Checkout }).count, 0);
}

#[test]
fn calls_are_counted_and_counted_while_they_are_under_way() {
    #[timed(Shop::Bare, count = Shop::Calls { outcome }, in_flight = Shop::InFlight)]
    fn work(depth: u32) -> Result<(), ()> {
        let seen = typed_metrics::snapshot();
        let in_flight = seen.get("timed.in_flight").unwrap().series[0].value.as_f64();
        assert!(in_flight >= 1.0);
        match depth {
            0 => Err(()),
            1 => panic!(),
            _ => work(depth - 2),
        }
    }
    #[timed(Shop::Bare, in_flight = Shop::RouteInFlight { route: &route })]
    async fn later(route: String) {
        Polls(1).await;
        drop(route);
    }

    let seen = capture(|| {
        assert!(work(4).is_err());
        panics(|| work(3));
    });
    assert_eq!(seen.up_down_counter(Shop::InFlight), 0);
    let calls = of([("outcome=error", 3.0), ("outcome=panicked", 2.0)]);
    assert_eq!(counts(&seen, "timed.calls"), calls);

    let route = || Shop::RouteInFlight { route: "a" };
    let seen = capture(|| {
        let mut future = Box::pin(later("a".into()));
        let in_flight = |expected: f64| {
            let snapshot = typed_metrics::snapshot();
            let Some(metric) = snapshot.get("timed.route_in_flight") else { return };
            let value = metric.series_with(&[("route", "a")]).map_or(0.0, |s| s.value.as_f64());
            assert_eq!(value, expected);
        };
        in_flight(0.0);
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        in_flight(1.0);
        drop(future);
        in_flight(0.0);
    });
    assert_eq!(seen.sum(route()), 0.0);
    assert_eq!(seen.histogram(Shop::Bare).count, 1);
}

#[test]
fn busy_time_is_that_of_the_polls() {
    struct Wait(bool);

    impl Future for Wait {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            std::thread::sleep(Duration::from_millis(10));
            if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
        }
    }

    #[timed(Shop::Plain { endpoint: Endpoint::Search }, busy = Shop::Busy)]
    async fn beside() {
        Wait(false).await;
    }
    #[timed(Shop::Bare, busy)]
    async fn instead() {
        Wait(false).await;
    }

    fn run(future: impl Future<Output = ()>) {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        std::thread::sleep(Duration::from_millis(300));
        assert!(future.as_mut().poll(&mut context).is_ready());
    }

    let seen = capture(|| run(beside()));
    let wall = seen.histogram(Shop::Plain { endpoint: Endpoint::Search });
    let busy = seen.histogram(Shop::Busy);
    assert_eq!((wall.count, busy.count), (1, 1));
    assert!(wall.sum >= 320.0, "{}", wall.sum);
    assert!((20.0..wall.sum - 290.0).contains(&busy.sum), "{}", busy.sum);

    let seen = capture(|| run(instead()));
    let busy = seen.histogram(Shop::Bare);
    assert_eq!(busy.count, 1);
    assert!((20e6..300e6).contains(&busy.sum), "{}", busy.sum);
}

#[test]
fn a_future_may_end_on_another_thread() {
    #[timed(Shop::Open { route: &route, outcome, status: 201 })]
    async fn serve(route: String) {
        Polls(1).await;
        drop(route);
    }

    let scope_route = "other thread";
    let mut future = Box::pin(serve(scope_route.into()));
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    std::thread::spawn(move || block_on(future)).join().unwrap();
    let snapshot = typed_metrics::snapshot();
    let labels = [("route", scope_route), ("outcome", "ok"), ("status", "201")];
    let series = snapshot.get("timed.open").unwrap().series_with(&labels).unwrap();
    assert_eq!(series.value.as_histogram().unwrap().count, 1);
}

#[test]
fn objectives_stand_in_the_catalog() {
    #[timed(
        Shop::Renamed { ended: Some(outcome) },
        objective = [Objective::latency("1.5s", 0.99), Objective::success(0.999)],
    )]
    fn pay() {}
    #[timed(objective = Objective::latency("250ms", 0.5))]
    fn parse() {}

    pay();
    parse();
    let catalog = typed_metrics::catalog();
    let metric = |name| *catalog.iter().find(|metric| metric.name() == name).unwrap();
    let aims = metric("timed.renamed").objectives();
    let texts: Vec<_> = aims.iter().map(|aim| aim.objective.to_string()).collect();
    assert_eq!(texts, ["99% within 1.5s", "99.9% succeed"]);
    assert!(aims[0].function.file.ends_with("tests/timed/calls.rs"));
    assert!(metric("timed.open").objectives().is_empty());

    let json = serde_json::to_value(metric("function.duration")).unwrap();
    let aim = &json["objectives"][0];
    assert_eq!(
        aim["objective"],
        serde_json::json!({
            "type": "latency", "within_seconds": 0.25, "share": 0.5
        })
    );
    let item = aim["function"]["item"].as_str().unwrap();
    assert!(item.ends_with("parse"), "{item}");
    assert!(serde_json::to_value(metric("timed.open")).unwrap().get("objectives").is_none());
}
