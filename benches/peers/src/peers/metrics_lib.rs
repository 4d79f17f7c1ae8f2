//! `metrics-lib`. Handles of few series are kept. Counters that many threads record are
//! `ShardedCounter`s.

use std::sync::Arc;

use metrics_lib::{LabelSet, Registry};

use crate::input::{BUCKETS, FIXED, GAUGE, Input};
use crate::peer::{Case, Job, Kind, Memory, Peer};

pub fn peer() -> Peer {
    let registry = registry();
    let counters = FIXED.map(|labels| registry.sharded_counter_with("fixed", &fixed(labels)));
    let read = counters.clone();
    let counter = move |i: &Input<'_>| counters[i.fixed()].inc();
    let counter = Case::new(counter, move || read.iter().map(|c| c.get() as f64).sum());
    let histograms = FIXED.map(|labels| registry.histogram_with("duration", &fixed(labels)));
    let read = histograms.clone();
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].observe(f64::from(i.value));
    let histogram = Case::new(histogram, move || read.iter().map(|h| h.count() as f64).sum());
    Peer::new("metrics-lib", "metrics-lib", Kind::OwnCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, histogram)
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    let registry = registry();
    let read = Arc::clone(&registry);
    let record = move |i: &Input<'_>| registry.sharded_counter_with("open", &labels(i)).inc();
    Case::new(record, move || sum(&read))
}

fn open_histogram() -> Case {
    let registry = registry();
    let read = Arc::clone(&registry);
    let record = move |i: &Input<'_>| {
        registry.histogram_with("duration", &labels(i)).observe(f64::from(i.value));
    };
    let total = move || read.histogram_entries().iter().map(|(_, _, h)| h.count() as f64).sum();
    Case::new(record, total)
}

fn three() -> Case {
    let registry = registry();
    let read = Arc::clone(&registry);
    let record = move |i: &Input<'_>| {
        let labels = labels(i);
        for name in ["first", "second", "third"] {
            registry.sharded_counter_with(name, &labels).inc();
        }
    };
    Case::new(record, move || sum(&read) / 3.0)
}

fn gauge() -> Case {
    let registry = registry();
    let read = Arc::clone(&registry);
    let record =
        move |i: &Input<'_>| registry.gauge_with("level", &labels(i)).set(f64::from(i.value));
    let (status, route) = GAUGE;
    let series = LabelSet::from([("status", status.to_string()), ("route", route.to_owned())]);
    Case::new(record, move || read.gauge_with("level", &series).get())
}

fn registry() -> Arc<Registry> {
    let registry = Registry::new();
    registry.configure_histogram("duration", BUCKETS).expect("the name and buckets are valid");
    Arc::new(registry)
}

fn fixed((method, outcome): (&'static str, &'static str)) -> LabelSet {
    LabelSet::from([("method", method), ("outcome", outcome)])
}

#[inline(always)]
fn labels(i: &Input<'_>) -> LabelSet {
    LabelSet::from([("status", i.status.to_string()), ("route", i.route.to_owned())])
}

fn sum(registry: &Registry) -> f64 {
    registry.sharded_counter_entries().iter().map(|(_, _, c)| c.get() as f64).sum()
}
