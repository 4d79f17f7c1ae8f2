//! Labels that are computed from the result of a call.

use typed_metrics::testing::capture;
use typed_metrics::timed;

use crate::polls::{Polls, block_on, cancel, panics};
use crate::shop::{Shop, counts, of};

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

#[test]
fn a_computed_label_may_be_called_almost_like_an_option() {
    #[timed(Shop::Sales { country, cost }, country = |n: &u8| Some(*n), cost = |n: &u8| Some(*n))]
    fn sell(n: u8) -> u8 {
        n
    }

    let seen = capture(|| sell(7));
    assert_eq!(counts(&seen, "timed.sales"), of([("country=7 cost=7", 1.0)]));
}
