//! `prometheus-client`. A metric is an `Arc`, so the handles of few series are kept.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use crate::exposition;
use crate::input::{BUCKETS, FIXED, GAUGE, Input};
use crate::peer::{Case, Job, Kind, Memory, Peer};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fixed {
    method: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Open {
    status: u16,
    route: String,
}

impl Open {
    #[inline(always)]
    fn of(i: &Input<'_>) -> Self {
        Self { status: i.status, route: i.route.to_owned() }
    }
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

pub fn peer() -> Peer {
    let family = Family::<Fixed, Counter>::default();
    let counters =
        FIXED.map(|(method, outcome)| family.get_or_create_owned(&Fixed { method, outcome }));
    let read = counters.clone();
    let counter = move |i: &Input<'_>| {
        counters[i.fixed()].inc();
    };
    let counter = Case::new(counter, move || read.iter().map(|c| c.get() as f64).sum());
    let family = Histograms::<Fixed>::new_with_constructor(buckets);
    let histograms =
        FIXED.map(|(method, outcome)| family.get_or_create_owned(&Fixed { method, outcome }));
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].observe(f64::from(i.value));
    let histogram = Case::new(histogram, move || exposed(family.clone(), "count"));
    Peer::new("prometheus-client", "prometheus-client", Kind::SharedCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, histogram)
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    let open = Family::<Open, Counter>::default();
    let read = open.clone();
    let record = move |i: &Input<'_>| {
        open.get_or_create(&Open::of(i)).inc();
    };
    Case::new(record, move || exposed(read.clone(), "total"))
}

fn open_histogram() -> Case {
    let open = Histograms::<Open>::new_with_constructor(buckets);
    let read = open.clone();
    let record = move |i: &Input<'_>| open.get_or_create(&Open::of(i)).observe(f64::from(i.value));
    Case::new(record, move || exposed(read.clone(), "count"))
}

fn three() -> Case {
    let three: [Family<Open, Counter>; 3] = Default::default();
    let read = three.clone();
    let record = move |i: &Input<'_>| {
        let labels = Open::of(i);
        for counter in &three {
            counter.get_or_create(&labels).inc();
        }
    };
    let total = move || read.iter().map(|family| exposed(family.clone(), "total")).sum::<f64>();
    Case::new(record, move || total() / 3.0)
}

fn gauge() -> Case {
    let gauge = Family::<Open, Gauge>::default();
    let read = gauge.clone();
    let record = move |i: &Input<'_>| {
        gauge.get_or_create(&Open::of(i)).set(i64::from(i.value));
    };
    let (status, route) = GAUGE;
    let labels = Open { status, route: route.to_owned() };
    Case::new(record, move || read.get_or_create(&labels).get() as f64)
}

fn buckets() -> Histogram {
    Histogram::new(BUCKETS)
}

fn exposed(family: impl Metric, suffix: &str) -> f64 {
    let mut registry = Registry::default();
    registry.register("read", "help", family);
    let mut text = String::new();
    encode(&mut text, &registry).expect("a string takes any text");
    exposition::sum(&text, &format!("read_{suffix}"))
}
