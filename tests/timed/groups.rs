//! Metrics whose labels are a group.

use typed_metrics::testing::capture;
use typed_metrics::{LabelGroup, Metrics, Outcome, timed};

use crate::polls::{Polls, block_on, cancel, panics};
use crate::shop::{Endpoint, counts, of};

#[derive(Clone, Copy, LabelGroup)]
struct Fixed {
    endpoint: Endpoint,
    outcome: Outcome,
    cached: bool,
}

#[derive(Clone, Copy, LabelGroup)]
struct Ended {
    how: Option<Outcome>,
}

#[derive(Clone, Copy, LabelGroup)]
struct Open<'a> {
    route: &'a str,
    #[label(group)]
    ended: Ended,
}

#[derive(Clone, Copy, LabelGroup)]
struct At<'a> {
    route: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "timed.group")]
enum Grouped<'a> {
    #[histogram(unit = "us")]
    Fixed(Fixed),
    #[histogram(unit = "s")]
    Open(Open<'a>),
    #[histogram(unit = "s")]
    Beside {
        status: Option<u16>,
        #[label(group, prefix = "call")]
        call: Open<'a>,
    },
    #[counter]
    Calls(Open<'a>),
    #[up_down_counter]
    InFlight(At<'a>),
    #[histogram(unit = "s")]
    Plain(At<'a>),
}

#[test]
fn the_outcome_may_be_a_label_of_a_group() {
    #[timed(Grouped::Fixed(Fixed { endpoint: Endpoint::Checkout, outcome, cached: true }))]
    fn pay(text: &str) -> Result<u8, std::num::ParseIntError> {
        assert_ne!(text, "13");
        text.parse()
    }

    let seen = capture(|| {
        assert_eq!(pay("7"), Ok(7));
        assert!(pay("x").is_err());
        panics(|| pay("13"));
    });
    assert_eq!(
        counts(&seen, "timed.group.fixed"),
        of([
            ("endpoint=checkout outcome=ok cached=true", 1.0),
            ("endpoint=checkout outcome=error cached=true", 1.0),
            ("endpoint=checkout outcome=panicked cached=true", 1.0),
        ])
    );
}

#[test]
fn the_outcome_may_be_a_label_of_a_nested_group_with_open_labels() {
    #[timed(
        Grouped::Open(Open { route: &route, ended: Ended { how: Some(outcome) } }),
        count = Grouped::Calls(Open { route: &route, ended: Ended { how: Some(outcome) } }),
        in_flight = Grouped::InFlight(At { route: &route }),
    )]
    async fn serve(route: String, polls: u32) -> Result<String, std::num::ParseIntError> {
        Polls(polls).await;
        route.parse::<u8>()?;
        Ok(route)
    }

    let seen = capture(|| {
        block_on(serve("1".into(), 2)).unwrap();
        block_on(serve("a".into(), 1)).unwrap_err();
        cancel(serve("2".into(), 3));
    });
    let ended =
        [("route=1 how=ok", 1.0), ("route=a how=error", 1.0), ("route=2 how=cancelled", 1.0)];
    assert_eq!(counts(&seen, "timed.group.open"), of(ended));
    assert_eq!(counts(&seen, "timed.group.calls"), of(ended));
    let in_flight = [("route=1", 0.0), ("route=2", 0.0), ("route=a", 0.0)];
    assert_eq!(counts(&seen, "timed.group.in_flight"), of(in_flight));
}

#[test]
#[allow(unused_parens, reason = "a macro may write them")]
fn a_group_may_stand_in_parentheses() {
    #[timed(Grouped::Open((Open { route, ended: (Ended { how: (Some((outcome))) }) })))]
    fn serve(route: &str) -> Option<u8> {
        route.parse().ok()
    }

    #[timed(Grouped::Fixed((Fixed {
        endpoint: Endpoint::Search,
        outcome: (outcome),
        cached: false,
    })))]
    fn find() {}

    let seen = capture(|| {
        serve("5");
        find();
    });
    assert_eq!(counts(&seen, "timed.group.open"), of([("route=5 how=ok", 1.0)]));
    let found = of([("endpoint=search outcome=ok cached=false", 1.0)]);
    assert_eq!(counts(&seen, "timed.group.fixed"), found);
}

#[test]
fn a_group_stands_beside_labels_that_are_computed() {
    #[timed(
        Grouped::Beside { call: Open { route, ended: Ended { how: Some(outcome) } } },
        status = |status| *status,
    )]
    fn serve(route: &str) -> u16 {
        assert_ne!(route, "/panic");
        if route == "/" { 200 } else { 404 }
    }

    let seen = capture(|| {
        serve("/");
        serve("/a");
        panics(|| serve("/panic"));
    });
    assert_eq!(
        counts(&seen, "timed.group.beside"),
        of([
            ("status=200 call.route=/ call.how=ok", 1.0),
            ("status=404 call.route=/a call.how=ok", 1.0),
            ("call.route=/panic call.how=panicked", 1.0),
        ])
    );
}

#[test]
fn a_group_may_be_a_value_that_the_function_takes() {
    struct Worker(usize);

    #[timed(Grouped::Plain(at))]
    impl Worker {
        fn run(&self, at: At<'_>) -> usize {
            at.route.len() + self.0
        }
    }

    let seen = capture(|| Worker(1).run(At { route: "/a" }));
    assert_eq!(seen.returned, 3);
    assert_eq!(counts(&seen, "timed.group.plain"), of([("route=/a", 1.0)]));
}
