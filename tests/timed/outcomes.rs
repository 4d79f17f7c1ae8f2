//! The outcomes of calls.

use std::task::{Context, Waker};

use typed_metrics::testing::capture;
use typed_metrics::timed;

use crate::polls::{Polls, block_on, cancel, panics};
use crate::shop::{Endpoint, Shop, counts, of};

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
        // A future that is dropped by a panic outside the future counts as cancelled.
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

    // A panic of the closure counts as a panic of the call.
    #[timed(Shop::Bare, count = Shop::Calls { outcome }, ok_if = |_| panic!("looking"))]
    async fn looked_at() -> u8 {
        1
    }
    let seen = capture(|| panics(|| block_on(looked_at())));
    assert_eq!(counts(&seen, "timed.calls"), of([("outcome=panicked", 1.0)]));
}
