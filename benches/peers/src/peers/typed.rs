//! This crate. Its documentation recommends a constructor for each record, without a kept handle.

use typed_metrics::{LabelGroup, Metrics, snapshot};

use crate::input::{GAUGE, Input, Method, Outcome};
use crate::peer::{Case, Job, Kind, Memory, Peer};

/// The labels that three counters share.
#[derive(LabelGroup)]
struct Call<'a> {
    status: u16,
    route: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "peers")]
enum Typed<'a> {
    #[counter]
    Fixed { method: Method, outcome: Outcome },
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
    Duration { method: Method, outcome: Outcome },
    #[counter]
    Open { status: u16, route: &'a str },
    #[counter]
    First(Call<'a>),
    #[counter]
    Second(Call<'a>),
    #[counter]
    Third(Call<'a>),
    #[gauge]
    Level { status: u16, route: &'a str },
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
    OpenDuration { status: u16, route: &'a str },
}

pub fn peer() -> Peer {
    let counter = |i: &Input<'_>| Typed::fixed(i.method, i.outcome).inc();
    let histogram = |i: &Input<'_>| Typed::duration(i.method, i.outcome).record(i.value);
    let three = |i: &Input<'_>| {
        let call = Call { status: i.status, route: i.route }.find();
        Typed::first(&call).inc();
        Typed::second(&call).inc();
        Typed::third(&call).inc();
    };
    let counted = || sum("peers.first") + sum("peers.second") + sum("peers.third");
    let gauge = |i: &Input<'_>| Typed::level(i.status, i.route).set(i.value);
    Peer::new("typed-metrics", "typed-metrics", Kind::Ours)
        .job(Job::Counter, Case::new(counter, || sum("peers.fixed")))
        .job(Job::Histogram, Case::new(histogram, || count("peers.duration")))
        .job(Job::Open, open())
        .job(Job::Three, Case::new(three, move || counted() / 3.0))
        .job(Job::Gauge, Case::new(gauge, level))
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    Case::new(|i| Typed::open(i.status, i.route).inc(), || sum("peers.open"))
}

fn open_histogram() -> Case {
    let record = |i: &Input<'_>| Typed::open_duration(i.status, i.route).record(i.value);
    Case::new(record, || count("peers.open_duration"))
}

fn sum(name: &str) -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get(name).expect("the metric is declared");
    metric.series.iter().map(|series| series.value.as_f64()).sum()
}

fn count(name: &str) -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get(name).expect("the metric is declared");
    let histograms = metric.series.iter().filter_map(|series| series.value.as_histogram());
    histograms.map(|histogram| histogram.count as f64).sum()
}

fn level() -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get("peers.level").expect("the metric is declared");
    let (status, route) = GAUGE;
    let series = metric.series_with(&[("status", &status.to_string()), ("route", route)]);
    series.map_or(f64::NAN, |series| series.value.as_f64())
}
