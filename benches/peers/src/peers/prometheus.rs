//! `prometheus`, twice. For labels of few values, its documentation recommends one handle for each
//! series (`prometheus-static-metric` generates them), and for more speed the metrics of `local`,
//! which a thread keeps to itself until it flushes them.

use std::cell::RefCell;
use std::sync::LazyLock;

use prometheus::local::{LocalHistogram, LocalIntCounter};
use prometheus::{
    GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts,
};

use crate::input::{BUCKETS, FIXED, GAUGE, Input};
use crate::peer::{Case, Job, Kind, Memory, Peer};

pub fn peer() -> Peer {
    let counters = fixed_counters("fixed");
    let read = counters.clone();
    let counter = move |i: &Input<'_>| counters[i.fixed()].inc();
    let counter = Case::new(counter, move || read.iter().map(|c| c.get() as f64).sum());
    let histograms = fixed_histograms("duration");
    let read = histograms.clone();
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].observe(f64::from(i.value));
    let histogram = Case::new(histogram, move || count(&read));
    Peer::new("prometheus", "prometheus", Kind::SharedCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, histogram)
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

pub fn local() -> Peer {
    let counter = |i: &Input<'_>| COUNTERS.with(|counters| counters[i.fixed()].inc());
    let publish = || COUNTERS.with(|counters| counters.iter().for_each(|c| c.flush()));
    let read = || SHARED_COUNTERS.iter().map(|c| c.get() as f64).sum();
    let counter = Case::published(counter, publish, read);
    let histogram = |i: &Input<'_>| {
        HISTOGRAMS.with_borrow(|histograms| histograms[i.fixed()].observe(f64::from(i.value)));
    };
    let publish = || HISTOGRAMS.with_borrow(|histograms| histograms.iter().for_each(|h| h.flush()));
    let histogram = Case::published(histogram, publish, || count(&*SHARED_HISTOGRAMS));
    Peer::new("prometheus, local", "prometheus", Kind::OwnCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, histogram)
}

static SHARED_COUNTERS: LazyLock<[IntCounter; 6]> = LazyLock::new(|| fixed_counters("local"));
static SHARED_HISTOGRAMS: LazyLock<[Histogram; 6]> =
    LazyLock::new(|| fixed_histograms("local_duration"));

thread_local! {
    static COUNTERS: [LocalIntCounter; 6] = SHARED_COUNTERS.each_ref().map(|c| c.local());
    static HISTOGRAMS: RefCell<[LocalHistogram; 6]> =
        RefCell::new(SHARED_HISTOGRAMS.each_ref().map(|h| h.local()));
}

fn open() -> Case {
    let open = open_counter("open");
    let read = open.clone();
    let record = move |i: &Input<'_>| {
        open.with_label_values(&[i.status.to_string().as_str(), i.route]).inc();
    };
    Case::new(record, move || sum(&read))
}

fn open_histogram() -> Case {
    let opts = HistogramOpts::new("open_duration", "help").buckets(BUCKETS.to_vec());
    let open = HistogramVec::new(opts, &["status", "route"]).expect("the names are valid");
    let read = open.clone();
    let record = move |i: &Input<'_>| {
        let series = open.with_label_values(&[i.status.to_string().as_str(), i.route]);
        series.observe(f64::from(i.value));
    };
    Case::new(record, move || {
        let family = prometheus::core::Collector::collect(&read);
        let series = family.iter().flat_map(|family| family.get_metric());
        series.map(|series| series.get_histogram().get_sample_count() as f64).sum()
    })
}

fn three() -> Case {
    let three = ["first", "second", "third"].map(open_counter);
    let read = three.clone();
    let record = move |i: &Input<'_>| {
        let status = i.status.to_string();
        let labels = [status.as_str(), i.route];
        three.iter().for_each(|counter| counter.with_label_values(&labels).inc());
    };
    Case::new(record, move || read.iter().map(sum).sum::<f64>() / 3.0)
}

fn gauge() -> Case {
    let gauge = GaugeVec::new(Opts::new("level", "help"), &["status", "route"]);
    let gauge = gauge.expect("the names are valid");
    let read = gauge.clone();
    let record = move |i: &Input<'_>| {
        let series = gauge.with_label_values(&[i.status.to_string().as_str(), i.route]);
        series.set(f64::from(i.value));
    };
    let (status, route) = GAUGE;
    Case::new(record, move || read.with_label_values(&[&status.to_string(), route]).get())
}

fn fixed_counters(name: &str) -> [IntCounter; 6] {
    let all = IntCounterVec::new(Opts::new(name, "help"), &["method", "outcome"]);
    let all = all.expect("the names are valid");
    FIXED.map(|(method, outcome)| all.with_label_values(&[method, outcome]))
}

fn fixed_histograms(name: &str) -> [Histogram; 6] {
    let opts = HistogramOpts::new(name, "help").buckets(BUCKETS.to_vec());
    let all = HistogramVec::new(opts, &["method", "outcome"]).expect("the names are valid");
    FIXED.map(|(method, outcome)| all.with_label_values(&[method, outcome]))
}

fn open_counter(name: &str) -> IntCounterVec {
    let counter = IntCounterVec::new(Opts::new(name, "help"), &["status", "route"]);
    counter.expect("the names are valid")
}

fn count(histograms: &[Histogram]) -> f64 {
    histograms.iter().map(|histogram| histogram.get_sample_count() as f64).sum()
}

fn sum(counters: &IntCounterVec) -> f64 {
    let family = prometheus::core::Collector::collect(counters);
    let series = family.iter().flat_map(|family| family.get_metric());
    series.map(|series| series.get_counter().get_value()).sum()
}
