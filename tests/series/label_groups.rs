//! Labels that several metrics share: fixed, open and mixed groups, nested ones, and ones with a
//! prefix; one lookup for all metrics of a group.

use std::thread;

use typed_metrics::testing::capture;
use typed_metrics::{FoundLabels, Label, LabelGroup, Metrics, Outcome, Value, snapshot, timed};

#[derive(Clone, Copy, Debug, Label)]
enum Method {
    Get,
    Post,
}

/// All labels are fixed.
#[derive(Clone, Copy, Debug, LabelGroup)]
struct Fixed {
    method: Method,
    cached: bool,
}

#[derive(Clone, Copy, Debug, LabelGroup)]
struct Mixed<'a> {
    method: Method,
    #[label(name = "http.route")]
    route: &'a str,
    #[label(display)]
    version: Version,
}

#[derive(Clone, Copy, Debug)]
struct Version(u8, u8);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[derive(Clone, Copy, Debug, LabelGroup)]
struct Nested<'a> {
    #[label(group)]
    fixed: Fixed,
    tenant: &'a str,
    #[label(group, prefix = "upstream")]
    upstream: Mixed<'a>,
}

#[derive(LabelGroup)]
struct Job {
    queue: &'static str,
}

#[derive(Metrics)]
#[metrics(prefix = "groups")]
enum Grouped<'a> {
    #[counter]
    Fixed(Fixed),
    #[histogram(unit = "ms", buckets = [1, 10])]
    FixedSizes(Fixed),
    #[counter]
    Requests(Mixed<'a>),
    #[histogram(unit = "s")]
    Duration(Mixed<'a>),
    #[gauge]
    Depth(Mixed<'a>),
    #[up_down_counter(series_limit = 2)]
    Open(Mixed<'a>),
    #[counter]
    Errors {
        #[label(group)]
        at: Mixed<'a>,
        kind: u16,
    },
    #[counter(positional)]
    Hops {
        hop: u8,
        #[label(group, prefix = "from")]
        from: Fixed,
        #[label(group, prefix = "to")]
        to: Fixed,
    },
    #[counter]
    Deep(Nested<'a>),
    #[histogram(unit = "s")]
    Jobs {
        #[label(group)]
        at: Job,
        outcome: Outcome,
    },
}

const CART: Mixed<'_> = Mixed { method: Method::Post, route: "/cart", version: Version(1, 1) };

/// The labels of the only series of a metric.
fn labels(metric: &str) -> String {
    let snapshot = snapshot();
    let [series] = &snapshot.get(metric).unwrap().series[..] else { panic!("one series") };
    let labels: Vec<_> =
        series.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    labels.join(" ")
}

#[test]
fn a_metric_has_the_labels_of_its_groups_in_their_place() {
    let names = |metric: usize| -> Vec<_> {
        Grouped::descriptors()[metric].labels().iter().map(|label| label.name()).collect()
    };
    assert_eq!(names(0), ["method", "cached"]);
    assert_eq!(names(6), ["method", "http.route", "version", "kind"]);
    assert_eq!(names(7), ["hop", "from.method", "from.cached", "to.method", "to.cached"]);
    let upstream = ["upstream.method", "upstream.http.route", "upstream.version"];
    assert_eq!(names(8)[..3], ["method", "cached", "tenant"]);
    assert_eq!(names(8)[3..], upstream);
}

#[test]
fn every_kind_of_group_records_under_its_labels() {
    let fixed = Fixed { method: Method::Get, cached: true };
    let nested = Nested { fixed, tenant: "acme", upstream: CART };
    let other = Fixed { method: Method::Post, cached: false };
    Grouped::fixed(fixed).inc();
    Grouped::errors(CART, 404).inc();
    Grouped::hops(3, fixed, other).inc();
    Grouped::deep(nested).add(2);
    Grouped::Deep(nested).record(1);
    assert_eq!(labels("groups.fixed"), "method=get cached=true");
    assert_eq!(labels("groups.errors"), "method=post http.route=/cart version=1.1 kind=404");
    assert_eq!(
        labels("groups.hops"),
        "hop=3 from.method=get from.cached=true to.method=post to.cached=false"
    );
    assert_eq!(
        labels("groups.deep"),
        "method=get cached=true tenant=acme upstream.method=post upstream.http.route=/cart \
         upstream.version=1.1"
    );
    assert_eq!(snapshot().get("groups.deep").unwrap().series[0].value, Value::U64(3));
}

#[test]
fn what_is_recorded_through_one_lookup_is_what_each_metric_would_have_found() {
    let fixed = Fixed { method: Method::Post, cached: true };
    let seen = capture(|| {
        for _ in 0..3 {
            let at = CART.find();
            assert_eq!(at.labels().route, "/cart");
            Grouped::requests(&at).inc();
            Grouped::duration(&at).record(0.5);
            Grouped::depth(&at).set(7);
            Grouped::errors(&at, 500).inc();
            Grouped::requests(CART).inc();
        }
        let at = fixed.find();
        Grouped::fixed(&at).inc();
        Grouped::fixed_sizes(at).record(2);
    });
    seen.assert_counter(Grouped::Requests(CART), 6);
    seen.assert_histogram_count(Grouped::Duration(CART), 3);
    seen.assert_gauge(Grouped::Depth(CART), 7.0);
    seen.assert_counter(Grouped::Errors { at: CART, kind: 500 }, 3);
    seen.assert_counter(Grouped::Fixed(fixed), 1);
    seen.assert_histogram_count(Grouped::FixedSizes(fixed), 1);
}

#[test]
fn a_series_that_was_removed_or_had_no_room_is_found_again() {
    let at = |route| Mixed { method: Method::Get, route, version: Version(2, 0) };
    let found: Vec<FoundLabels<Mixed<'_>>> =
        ["/a", "/b", "/c"].map(|route| at(route).find()).into();
    let sums = || {
        let snapshot = snapshot();
        let metric = snapshot.get("groups.open").unwrap();
        let route = |route| {
            metric.series_with(&[("method", "get"), ("http.route", route), ("version", "2.0")])
        };
        ["/a", "/b", "/c"].map(|name| route(name).map(|series| series.value.clone()))
    };
    found.iter().for_each(|at| Grouped::open(at).inc());
    assert_eq!(sums(), [Some(Value::I64(1)), Some(Value::I64(1)), None]);
    Grouped::open(&found[0]).remove();
    // The place of `/a` goes to `/c`, and `/a` has none.
    Grouped::open(&found[2]).inc();
    Grouped::open(&found[0]).inc();
    assert_eq!(sums(), [None, Some(Value::I64(1)), Some(Value::I64(1))]);
    Grouped::open(&found[1]).remove();
    Grouped::open(&found[1]).add(5);
    Grouped::open(&found[2]).add(5);
    assert_eq!(sums(), [None, Some(Value::I64(5)), Some(Value::I64(6))]);
}

#[test]
fn a_timed_function_records_under_a_group() {
    #[timed(Grouped::Jobs { at: Job { queue }, outcome })]
    fn run(queue: &'static str) -> Result<(), String> {
        if queue == "mail" { Ok(()) } else { Err(format!("no queue {queue:?}")) }
    }
    assert!(run("mail").is_ok() && run("paper").is_err());
    let snapshot = snapshot();
    let metric = snapshot.get("groups.jobs").unwrap();
    for labels in
        [[("queue", "mail"), ("outcome", "ok")], [("queue", "paper"), ("outcome", "error")]]
    {
        let Value::Histogram(jobs) = &metric.series_with(&labels).unwrap().value else { panic!() };
        assert_eq!(jobs.count, 1);
    }
}

#[test]
fn threads_share_the_series_of_a_group() {
    let at = Mixed { method: Method::Get, route: "/threads", version: Version(0, 1) };
    let workers = [(); 4].map(|()| {
        thread::spawn(move || {
            for _ in 0..1_000 {
                Grouped::requests(at.find()).inc();
            }
        })
    });
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let snapshot = snapshot();
    let metric = snapshot.get("groups.requests").unwrap();
    let labels = [("method", "get"), ("http.route", "/threads"), ("version", "0.1")];
    let series = metric.series_with(&labels).unwrap();
    assert_eq!(series.value, Value::U64(4_000));
}

#[derive(Metrics)]
#[metrics(prefix = "outcomes")]
enum Outcomes<'a> {
    #[counter(positional)]
    Fixed { first: Outcome, tls: bool, second: Outcome },
    #[counter(positional)]
    Open { first: Outcome, host: &'a str, second: Outcome },
}

#[test]
fn an_outcome_in_two_labels_is_the_same_in_both() {
    #[timed(count = Outcomes::Fixed { first: outcome, tls: true, second: outcome })]
    fn fixed() -> Result<(), ()> {
        Err(())
    }
    #[timed(count = Outcomes::Open { first: outcome, host: "a", second: outcome })]
    fn open() -> Result<(), ()> {
        Err(())
    }
    assert!(fixed().is_err() && open().is_err());
    assert_eq!(labels("outcomes.fixed"), "first=error tls=true second=error");
    assert_eq!(labels("outcomes.open"), "first=error host=a second=error");
}
