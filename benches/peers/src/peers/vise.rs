//! `vise`. Handles of few series are kept, and metrics with the same labels are one
//! `MetricsFamily`, whose labels are looked up once.

use vise::{
    Buckets, Counter, EncodeLabelSet, Format, Gauge, Histogram, LabeledFamily, Metrics,
    MetricsFamily, Registry,
};

use crate::exposition;
use crate::input::{BUCKETS, FIXED, GAUGE, Input};
use crate::peer::{Case, Job, Kind, Memory, Peer};

const FIXED_LABELS: [&str; 2] = ["method", "outcome"];
const OPEN_LABELS: [&str; 2] = ["status", "route"];
const DURATIONS: Buckets = Buckets::values(&BUCKETS);

type Fixed = (&'static str, &'static str);
type Open = (u16, String);

#[derive(Debug, Clone, Metrics)]
#[metrics(prefix = "peers")]
struct Vise {
    #[metrics(labels = FIXED_LABELS)]
    fixed: LabeledFamily<Fixed, Counter, 2>,
    #[metrics(labels = FIXED_LABELS, buckets = DURATIONS)]
    duration: LabeledFamily<Fixed, Histogram, 2>,
    #[metrics(labels = OPEN_LABELS)]
    level: LabeledFamily<Open, Gauge<f64>, 2>,
    #[metrics(labels = OPEN_LABELS)]
    open: LabeledFamily<Open, Counter, 2>,
    #[metrics(labels = OPEN_LABELS, buckets = DURATIONS)]
    open_duration: LabeledFamily<Open, Histogram, 2>,
}

#[derive(Debug, Metrics)]
#[metrics(prefix = "group")]
struct Three {
    first: Counter,
    second: Counter,
    third: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OpenLabels {
    status: u16,
    route: String,
}

pub fn peer() -> Peer {
    let metrics = Vise::default();
    let counters = FIXED.map(|labels| metrics.fixed[&labels].clone());
    let read = counters.clone();
    let counter = move |i: &Input<'_>| {
        counters[i.fixed()].inc();
    };
    let counter = Case::new(counter, move || read.iter().map(|c| c.get() as f64).sum());
    let histograms = FIXED.map(|labels| metrics.duration[&labels].clone());
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].observe(f64::from(i.value));
    let histogram = Case::new(histogram, move || exposed(&metrics, "peers_duration_count"));
    Peer::new("vise", "vise", Kind::SharedCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, histogram)
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    let metrics = Vise::default();
    let read = metrics.clone();
    let record = move |i: &Input<'_>| {
        metrics.open[&(i.status, i.route.to_owned())].inc();
    };
    let total = move || read.open.to_entries().map(|(_, c)| c.get() as f64).sum();
    Case::new(record, total)
}

fn open_histogram() -> Case {
    let metrics = Vise::default();
    let read = metrics.clone();
    let record = move |i: &Input<'_>| {
        metrics.open_duration[&(i.status, i.route.to_owned())].observe(f64::from(i.value));
    };
    Case::new(record, move || exposed(&read, "peers_open_duration_count"))
}

fn three() -> Case {
    static GROUP: MetricsFamily<OpenLabels, Three> = MetricsFamily::new();
    let record = |i: &Input<'_>| {
        let three = &GROUP[&OpenLabels { status: i.status, route: i.route.to_owned() }];
        three.first.inc();
        three.second.inc();
        three.third.inc();
    };
    let total = || {
        let sums = GROUP.to_entries().map(|(_, three)| {
            three.first.get() as f64 + three.second.get() as f64 + three.third.get() as f64
        });
        sums.sum::<f64>() / 3.0
    };
    Case::new(record, total)
}

fn gauge() -> Case {
    let metrics = Vise::default();
    let read = metrics.clone();
    let record = move |i: &Input<'_>| {
        metrics.level[&(i.status, i.route.to_owned())].set(f64::from(i.value));
    };
    let (status, route) = GAUGE;
    Case::new(record, move || read.level[&(status, route.to_owned())].get())
}

fn exposed(metrics: &Vise, name: &str) -> f64 {
    let mut registry = Registry::empty();
    registry.register_metrics(metrics);
    let mut text = String::new();
    registry.encode(&mut text, Format::OpenMetrics).expect("a string takes any text");
    exposition::sum(&text, name)
}
