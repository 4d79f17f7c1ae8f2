//! The metrics of these tests, and a way to read them.

use std::collections::BTreeMap;

use typed_metrics::testing::Captured;
use typed_metrics::{Label, Metrics, Outcome};

#[derive(Clone, Copy, Label)]
pub(crate) enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "timed")]
pub(crate) enum Shop<'a> {
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
    /// One label that is computed, twice.
    #[histogram(unit = "s", positional)]
    Twice { first: Option<String>, second: Option<String> },
    /// Labels whose names resemble the option `count`.
    #[histogram(unit = "s", positional)]
    Sales { country: Option<u8>, cost: Option<u8> },
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

/// The number of values in each series of a histogram, or the value of each series of another
/// metric, by labels.
pub(crate) fn counts<R>(seen: &Captured<R>, metric: &str) -> BTreeMap<String, f64> {
    let Some(metric) = seen.snapshot.get(metric) else { return BTreeMap::new() };
    let count = |value: &typed_metrics::Value| match value.as_histogram() {
        Some(histogram) => histogram.count as f64,
        None => value.as_f64(),
    };
    metric.series.iter().map(|s| (s.labels.to_string(), count(&s.value))).collect()
}

pub(crate) fn of<const N: usize>(expected: [(&str, f64); N]) -> BTreeMap<String, f64> {
    expected.map(|(labels, count)| (labels.to_owned(), count)).into()
}
