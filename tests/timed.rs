//! `#[timed]`: what is recorded of a call, and when.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use typed_metrics::testing::{Captured, capture};
use typed_metrics::{Label, Metrics, Outcome, timed};

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
    /// Fixed labels only, the outcome between others.
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
    /// A label that is computed.
    #[histogram(unit = "s")]
    Computed { route: &'a str, status: Option<u16>, outcome: Outcome },
    /// Fixed labels that are computed.
    #[histogram(unit = "s")]
    ComputedFixed { first: bool, hit: Option<bool>, outcome: Outcome },
    /// Calls.
    #[counter]
    Calls { outcome: Outcome },
    /// Calls of a route.
    #[counter(value = f64)]
    RouteCalls { route: &'a str, outcome: Outcome, status: Option<u16> },
    /// Calls under way.
    #[up_down_counter]
    InFlight,
    /// Calls of a route under way.
    #[up_down_counter(value = f64)]
    RouteInFlight { route: &'a str },
    /// Time of polls.
    #[histogram(unit = "ms")]
    Busy,
}

/// How many values each series of a histogram has, and the sum of a sum; by labels.
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

/// Ready when it has been polled so often.
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

/// Polls once and drops.
fn cancel(future: impl Future) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

fn panics(call: impl FnOnce()) {
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let caught = catch_unwind(AssertUnwindSafe(call));
    std::panic::set_hook(quiet);
    caught.unwrap_err();
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
        panics(|| drop(pay("13")));
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
        panics(|| drop(block_on(serve("13".into(), 1))));
        cancel(serve("2".into(), 1));
        drop(serve("never polled".into(), 1));
        // While something else unwinds, a future that is dropped is cancelled all the same.
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
