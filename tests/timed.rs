//! `#[timed]`: the recorded outcome of a call, and the moment of the record.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use typed_metrics::testing::{Captured, capture};
use typed_metrics::{Label, Metrics, Objective, Outcome, timed};

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "timed")]
enum Shop<'a> {
    /// Fixed labels only, without an outcome.
    #[histogram(unit = "ms", buckets = [5, 10, 25])]
    Plain { endpoint: Endpoint },
    /// Fixed labels only, with the outcome among them.
    #[histogram(unit = "us")]
    Fixed { endpoint: Endpoint, outcome: Outcome, cached: bool },
    /// Open labels.
    #[histogram(unit = "s")]
    Open { route: &'a str, outcome: Outcome, status: u16 },
    /// No labels.
    #[histogram(unit = "ns")]
    Bare,
    /// Under another name, and optional.
    #[histogram(unit = "s")]
    Renamed {
        #[label(name = "how.it.ended")]
        ended: Option<Outcome>,
    },
    /// A computed label.
    #[histogram(unit = "s")]
    Computed { route: &'a str, status: Option<u16>, outcome: Outcome },
    /// Computed fixed labels.
    #[histogram(unit = "s")]
    ComputedFixed { first: bool, hit: Option<bool>, outcome: Outcome },
    /// One computed label, used twice.
    #[histogram(unit = "s")]
    Twice { first: Option<String>, second: Option<String> },
    /// Calls.
    #[counter]
    Calls { outcome: Outcome },
    /// Calls of a route.
    #[counter(value = f64)]
    RouteCalls { route: &'a str, outcome: Outcome, status: Option<u16> },
    /// Calls in progress.
    #[up_down_counter]
    InFlight,
    /// Calls of a route in progress.
    #[up_down_counter(value = f64)]
    RouteInFlight { route: &'a str },
    /// Time of polls.
    #[histogram(unit = "ms")]
    Busy,
}

/// The number of values in each series of a histogram, or the value of each sum, by labels.
fn counts<R>(seen: &Captured<R>, metric: &str) -> BTreeMap<String, f64> {
    let Some(metric) = seen.snapshot.get(metric) else { return BTreeMap::new() };
    let count = |value: &typed_metrics::Value| match value.as_histogram() {
        Some(histogram) => histogram.count as f64,
        None => value.as_f64(),
    };
    metric.series.iter().map(|s| (s.labels.to_string(), count(&s.value))).collect()
}

fn of<const N: usize>(expected: [(&str, f64); N]) -> BTreeMap<String, f64> {
    expected.map(|(labels, count)| (labels.to_owned(), count)).into()
}

/// A future that is ready after this number of polls.
struct Polls(u32);

impl Future for Polls {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0 {
            0 => Poll::Ready(()),
            _ => {
                self.0 -= 1;
                Poll::Pending
            }
        }
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Polls `future` once and drops it.
fn cancel(future: impl Future) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

fn panics<R>(call: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
}

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
fn the_outcome_of_a_sync_call_is_that_of_its_end() {
    #[timed(Shop::Fixed { endpoint: Endpoint::Checkout, outcome, cached: true })]
    fn pay(text: &str) -> Result<u8, std::num::ParseIntError> {
        let number = text.parse::<u8>()?;
        assert_ne!(number, 13);
        if number == 1 {
            return Ok(1);
        }
        if number == 2 {
            return "x".parse();
        }
        Ok(number)
    }

    let seen = capture(|| {
        assert_eq!(pay("7"), Ok(7));
        assert_eq!(pay("1"), Ok(1));
        assert!(pay("2").is_err());
        assert!(pay("none").is_err());
        assert!(pay("none").is_err());
        panics(|| pay("13"));
    });
    assert_eq!(
        counts(&seen, "timed.fixed"),
        of([
            ("endpoint=checkout outcome=ok cached=true", 2.0),
            ("endpoint=checkout outcome=error cached=true", 3.0),
            ("endpoint=checkout outcome=panicked cached=true", 1.0),
        ])
    );
}

#[test]
fn the_outcome_of_an_async_call_is_that_of_its_end() {
    #[timed(Shop::Open { route: &route, outcome, status: 200 })]
    async fn serve(route: String, polls: u32) -> Result<String, std::num::ParseIntError> {
        Polls(polls).await;
        let number = route.parse::<u8>()?;
        assert_ne!(number, 13);
        let moved = route;
        Polls(polls).await;
        Ok(moved)
    }

    let seen = capture(|| {
        assert_eq!(block_on(serve("1".into(), 2)).unwrap(), "1");
        assert!(block_on(serve("a".into(), 1)).is_err());
        panics(|| block_on(serve("13".into(), 1)));
        cancel(serve("2".into(), 1));
        drop(serve("never polled".into(), 1));
        // A future that is dropped while something else unwinds is also cancelled, not panicked.
        panics(|| {
            let mut future = Box::pin(serve("3".into(), 1));
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            panic!();
        });
    });
    assert_eq!(
        counts(&seen, "timed.open"),
        of([
            ("route=1 outcome=ok status=200", 1.0),
            ("route=a outcome=error status=200", 1.0),
            ("route=13 outcome=panicked status=200", 1.0),
            ("route=2 outcome=cancelled status=200", 1.0),
            ("route=3 outcome=cancelled status=200", 1.0),
        ])
    );
}

#[test]
fn an_outcome_can_have_another_name_and_be_optional() {
    #[timed(Shop::Renamed { ended: Some(outcome) })]
    fn refused() -> Result<(), ()> {
        Err(())
    }

    let seen = capture(refused);
    assert_eq!(counts(&seen, "timed.renamed"), of([("how.it.ended=error", 1.0)]));
}

#[test]
fn none_is_an_error_if_asked_for() {
    #[timed(Shop::Renamed { ended: Some(outcome) })]
    fn find(text: &str) -> Option<usize> {
        text.find('x')
    }
    #[timed(Shop::Renamed { ended: Some(outcome) }, none_is_error)]
    fn must_find(text: &str) -> Option<usize> {
        text.find('x')
    }
    #[timed(Shop::Renamed { ended: Some(outcome) }, none_is_error)]
    async fn must_find_later(text: &str) -> Result<Option<usize>, ()> {
        Ok(text.find('x'))
    }

    let (ok, error) = ("how.it.ended=ok", "how.it.ended=error");
    let seen = capture(|| (find("a"), find("x")));
    assert_eq!(counts(&seen, "timed.renamed"), of([(ok, 2.0)]));
    let seen = capture(|| (must_find("a"), must_find("x"), must_find("b")));
    assert_eq!(counts(&seen, "timed.renamed"), of([(ok, 1.0), (error, 2.0)]));
    let seen = capture(|| (block_on(must_find_later("a")), block_on(must_find_later("x"))));
    assert_eq!(counts(&seen, "timed.renamed"), of([(ok, 1.0), (error, 1.0)]));
}

#[test]
fn a_closure_can_decide_on_the_outcome() {
    #[timed(count = Shop::Calls { outcome }, Shop::Bare, ok_if = |status| *status < 500)]
    fn status(of: &str) -> u16 {
        of.parse().unwrap_or(503)
    }
    #[timed(Shop::Bare, count = Shop::Calls { outcome }, error_if = Result::is_ok)]
    async fn must_fail(of: &str) -> Result<u16, std::num::ParseIntError> {
        of.parse()
    }

    let seen = capture(|| (status("200"), status("no"), status("404")));
    assert_eq!(counts(&seen, "timed.calls"), of([("outcome=ok", 2.0), ("outcome=error", 1.0)]));
    assert_eq!(seen.histogram(Shop::Bare).count, 3);
    let seen = capture(|| (block_on(must_fail("1")), block_on(must_fail("?"))));
    assert_eq!(counts(&seen, "timed.calls"), of([("outcome=ok", 1.0), ("outcome=error", 1.0)]));

    // A panic in the closure of an option belongs to the call.
    #[timed(Shop::Bare, count = Shop::Calls { outcome }, ok_if = |_| panic!("looking"))]
    async fn looked_at() -> u8 {
        1
    }
    let seen = capture(|| panics(|| block_on(looked_at())));
    assert_eq!(counts(&seen, "timed.calls"), of([("outcome=panicked", 1.0)]));
}

#[test]
fn a_label_can_be_computed_from_the_result() {
    struct Response(u16);

    impl Response {
        fn status(&self) -> u16 {
            self.0
        }
    }

    #[timed(
        Shop::Computed { route: &route, outcome },
        status = |response| response.status(),
        count = Shop::RouteCalls { route: &route, outcome, status: None },
    )]
    fn get(route: String) -> Response {
        Response(route.parse().unwrap())
    }
    #[timed(
        Shop::Computed { route, status: code, outcome },
        count = Shop::RouteCalls { route, outcome, status: code },
        code = |result| result.as_ref().ok().map(Response::status),
    )]
    async fn fetch(route: &'static str) -> Result<Response, std::num::ParseIntError> {
        Polls(1).await;
        route.parse().map(Response)
    }
    #[timed(Shop::ComputedFixed { first: route.starts_with('a'), outcome }, hit = |end| end.is_ok())]
    fn cached(route: &str) -> Result<usize, ()> {
        assert_ne!(route, "panic");
        route.find('x').ok_or(())
    }

    let seen = capture(|| {
        get("200".into());
        get("404".into());
        get("200".into());
        panics(|| get("?".into()));
    });
    assert_eq!(
        counts(&seen, "timed.computed"),
        of([
            ("route=200 status=200 outcome=ok", 2.0),
            ("route=404 status=404 outcome=ok", 1.0),
            ("route=? outcome=panicked", 1.0),
        ])
    );
    let seen = capture(|| {
        block_on(fetch("200")).map(|_| ()).unwrap();
        assert!(block_on(fetch("?")).is_err());
        cancel(fetch("404"));
    });
    let expected = of([
        ("route=200 status=200 outcome=ok", 1.0),
        ("route=? outcome=error", 1.0),
        ("route=404 outcome=cancelled", 1.0),
    ]);
    assert_eq!(counts(&seen, "timed.computed"), expected);
    let expected = of([
        ("route=200 outcome=ok status=200", 1.0),
        ("route=? outcome=error", 1.0),
        ("route=404 outcome=cancelled", 1.0),
    ]);
    assert_eq!(counts(&seen, "timed.route_calls"), expected);
    let seen = capture(|| {
        assert_eq!((cached("ax"), cached("a"), cached("bx")), (Ok(1), Err(()), Ok(1)));
        panics(|| cached("panic"));
    });
    assert_eq!(
        counts(&seen, "timed.computed_fixed"),
        of([
            ("first=true hit=true outcome=ok", 1.0),
            ("first=true hit=false outcome=error", 1.0),
            ("first=false hit=true outcome=ok", 1.0),
            ("first=false outcome=panicked", 1.0),
        ])
    );
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
    assert!(aims[0].function.file.ends_with("tests/timed.rs"));
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

#[test]
fn a_computed_label_can_stand_in_two_fields() {
    #[timed(
        Shop::Twice { first: text, second: text },
        text = |n: &u8| Some(n.to_string()),
    )]
    fn twice(n: u8) -> u8 {
        n
    }

    let seen = capture(|| twice(7));
    assert_eq!(counts(&seen, "timed.twice"), of([("first=7 second=7", 1.0)]));
}
