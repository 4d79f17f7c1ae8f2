//! `measured`. Fixed labels are enums in a dense vector. The statuses are known at the start, and
//! the routes are not.

use indexmap::IndexSet;
use measured::label::{LabelValue, LabelVisitor};
use measured::metric::MetricFamilyEncoding;
use measured::metric::histogram::Thresholds;
use measured::metric::name::MetricName;
use measured::text::BufferedTextEncoder;
use measured::{CounterVec, FloatGaugeVec, HistogramVec, LabelGroup};
use paracord::ParaCord;

use crate::exposition;
use crate::input::{BUCKETS, Input, Method, Outcome, STATUSES};
use crate::peer::{Case, Job, Kind, Memory, Peer};

#[derive(LabelGroup)]
#[label(set = FixedSet)]
struct Fixed {
    method: Method,
    outcome: Outcome,
}

#[derive(LabelGroup)]
#[label(set = OpenSet)]
struct Open<'a> {
    #[label(fixed_with = IndexSet<Status>)]
    status: Status,
    #[label(dynamic_with = ParaCord, default)]
    route: &'a str,
}

/// The crate has label values of text, and leaves integers to the program.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Status(u16);

impl LabelValue for Status {
    fn visit<V: LabelVisitor>(&self, visitor: V) -> V::Output {
        visitor.write_int(i64::from(self.0))
    }
}

pub fn peer() -> Peer {
    let counters: &'static _ = leak(CounterVec::with_label_set(FixedSet::new()));
    let counter = |i: &Input<'_>| counters.inc(Fixed { method: i.method, outcome: i.outcome });
    let histograms: &'static HistogramVec<FixedSet, 8> =
        leak(HistogramVec::with_label_set_and_metadata(FixedSet::new(), thresholds()));
    let histogram = |i: &Input<'_>| {
        let labels = Fixed { method: i.method, outcome: i.outcome };
        histograms.observe(labels, f64::from(i.value));
    };
    Peer::new("measured", "measured", Kind::SharedCells)
        .job(Job::Counter, Case::new(counter, || exposed(counters, "")))
        .job(Job::Histogram, Case::new(histogram, || exposed(histograms, "_count")))
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    let open: &'static _ = leak(CounterVec::with_label_set(set()));
    Case::new(|i| open.inc(labels(i)), || exposed(open, ""))
}

fn open_histogram() -> Case {
    let open: &'static HistogramVec<OpenSet, 8> =
        leak(HistogramVec::with_label_set_and_metadata(set(), thresholds()));
    Case::new(|i| open.observe(labels(i), f64::from(i.value)), || exposed(open, "_count"))
}

fn three() -> Case {
    let three: &'static [_; 3] = leak(std::array::from_fn(|_| CounterVec::with_label_set(set())));
    let record = |i: &Input<'_>| three.iter().for_each(|counter| counter.inc(labels(i)));
    Case::new(record, || three.iter().map(|counter| exposed(counter, "")).sum::<f64>() / 3.0)
}

fn gauge() -> Case {
    let gauge: &'static _ = leak(FloatGaugeVec::with_label_set(set()));
    Case::new(|i| gauge.set(labels(i), f64::from(i.value)), || exposed(gauge, ""))
}

fn set() -> OpenSet {
    OpenSet::new(STATUSES.into_iter().map(Status).collect())
}

#[inline(always)]
fn labels<'a>(i: &Input<'a>) -> Open<'a> {
    Open { status: Status(i.status), route: i.route }
}

fn thresholds() -> Thresholds<8> {
    Thresholds::with_buckets(BUCKETS)
}

/// The metrics of a program are static.
fn leak<T>(metric: T) -> &'static T {
    Box::leak(Box::new(metric))
}

fn exposed(metric: &impl MetricFamilyEncoding<BufferedTextEncoder>, suffix: &str) -> f64 {
    let mut encoder = BufferedTextEncoder::new();
    let encoded = metric.collect_family_into(MetricName::from_str("read"), &mut encoder);
    encoded.unwrap_or_else(|never| match never {});
    let text = String::from_utf8(encoder.finish().to_vec()).expect("the format is UTF-8");
    exposition::sum(&text, &format!("read{suffix}"))
}
