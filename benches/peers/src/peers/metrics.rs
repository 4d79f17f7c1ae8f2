//! `metrics` with the recorder of `metrics-exporter-prometheus`. The macros return handles, which
//! are kept for few series. A histogram keeps every value until the upkeep or a scrape, which are
//! not part of the time.

use std::sync::LazyLock;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::exposition;
use crate::input::{BUCKETS, FIXED, Input};
use crate::peer::{Case, Job, Kind, Memory, Peer};

static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).expect("there are buckets");
    builder.install_recorder().expect("no other recorder is installed")
});

pub fn peer() -> Peer {
    LazyLock::force(&RECORDER);
    let counters = FIXED.map(|(m, o)| counter!("fixed", "method" => m, "outcome" => o));
    let counter = move |i: &Input<'_>| counters[i.fixed()].increment(1);
    let histograms = FIXED.map(|(m, o)| histogram!("duration", "method" => m, "outcome" => o));
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].record(f64::from(i.value));
    let three = |i: &Input<'_>| {
        let labels = labels(i);
        counter!("first", &labels).increment(1);
        counter!("second", &labels).increment(1);
        counter!("third", &labels).increment(1);
    };
    let counted = || read("first") + read("second") + read("third");
    let gauge = |i: &Input<'_>| gauge!("level", &labels(i)).set(f64::from(i.value));
    Peer::new("metrics, Prometheus recorder", "metrics-exporter-prometheus", Kind::SharedCells)
        .job(Job::Counter, Case::new(counter, || read("fixed")))
        .job(Job::Histogram, Case::new(histogram, || read("duration_count")))
        .job(Job::Open, open())
        .job(Job::Three, Case::new(three, move || counted() / 3.0))
        .job(Job::Gauge, Case::new(gauge, || read("level")))
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    Case::new(|i| counter!("open", &labels(i)).increment(1), || read("open"))
}

fn open_histogram() -> Case {
    let record = |i: &Input<'_>| histogram!("open_duration", &labels(i)).record(f64::from(i.value));
    Case::new(record, || read("open_duration_count"))
}

#[inline(always)]
fn labels(i: &Input<'_>) -> [(&'static str, String); 2] {
    [("status", i.status.to_string()), ("route", i.route.to_owned())]
}

fn read(name: &str) -> f64 {
    exposition::sum(&RECORDER.render(), name)
}
