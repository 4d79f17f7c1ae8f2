//! `fast-telemetry`. Fixed labels are an index. Its three counters are one `DynamicCounterSet`, as
//! it recommends for counters that are recorded together.

use fast_telemetry::{
    DynamicCounter, DynamicCounterSet, DynamicGauge, DynamicHistogram, LabelEnum, LabeledCounter,
    LabeledHistogram,
};

use crate::input::{FIXED, GAUGE, Input, WHOLE_BUCKETS};
use crate::peer::{Case, Job, Kind, Memory, Peer};

/// As in its examples, and as many as there are threads in the run.
const SHARDS: usize = 4;

/// A label is one enum here, so two labels are one of all pairs.
#[derive(Clone, Copy, Debug)]
struct Fixed(usize);

impl LabelEnum for Fixed {
    const CARDINALITY: usize = FIXED.len();
    const LABEL_NAME: &'static str = "method_outcome";

    #[inline(always)]
    fn as_index(self) -> usize {
        self.0
    }

    fn from_index(index: usize) -> Self {
        Self(index)
    }

    fn variant_name(self) -> &'static str {
        ["get_hit", "get_miss", "get_error", "put_hit", "put_miss", "put_error"][self.0]
    }
}

pub fn peer() -> Peer {
    let counters: &'static LabeledCounter<Fixed> = leak(LabeledCounter::new(SHARDS));
    let counter = |i: &Input<'_>| counters.inc(Fixed(i.fixed()));
    let counter = Case::new(counter, || counters.sum_all() as f64);
    let histograms: &'static LabeledHistogram<Fixed> =
        leak(LabeledHistogram::new(&WHOLE_BUCKETS, SHARDS));
    let histogram = |i: &Input<'_>| histograms.record(Fixed(i.fixed()), u64::from(i.value));
    let counted = || histograms.iter().map(|(_, histogram)| histogram.count() as f64).sum();
    Peer::new("fast-telemetry", "fast-telemetry", Kind::OwnCells)
        .job(Job::Counter, counter)
        .job(Job::Histogram, Case::new(histogram, counted))
        .job(Job::Open, open())
        .job(Job::Three, three())
        .job(Job::Gauge, gauge())
        .memory(Memory::Counters, open)
        .memory(Memory::Histograms, open_histogram)
}

fn open() -> Case {
    let open: &'static _ = leak(DynamicCounter::new(SHARDS));
    let record = |i: &Input<'_>| {
        open.inc(&[("status", i.status.to_string().as_str()), ("route", i.route)]);
    };
    Case::new(record, || open.sum_all() as f64)
}

fn open_histogram() -> Case {
    let open: &'static _ = leak(DynamicHistogram::new(&WHOLE_BUCKETS, SHARDS));
    let record = |i: &Input<'_>| {
        let status = i.status.to_string();
        open.record(&[("status", status.as_str()), ("route", i.route)], u64::from(i.value));
    };
    let total = || {
        let mut count = 0;
        open.visit_series(|_, series| count += series.count());
        count as f64
    };
    Case::new(record, total)
}

fn three() -> Case {
    let three: &'static _ =
        leak(DynamicCounterSet::with_shards(SHARDS, ["first", "second", "third"]));
    let record = |i: &Input<'_>| {
        let status = i.status.to_string();
        three.add_all_values(&[("status", status.as_str()), ("route", i.route)], &[1, 1, 1]);
    };
    Case::new(record, || three.sum_all() as f64 / 3.0)
}

fn gauge() -> Case {
    let gauge: &'static _ = leak(DynamicGauge::new(SHARDS));
    let record = |i: &Input<'_>| {
        let status = i.status.to_string();
        gauge.set(&[("status", status.as_str()), ("route", i.route)], f64::from(i.value));
    };
    let (status, route) = GAUGE;
    Case::new(record, move || gauge.get(&[("status", &status.to_string()), ("route", route)]))
}

/// The metrics of a program are static.
fn leak<T>(metric: T) -> &'static T {
    Box::leak(Box::new(metric))
}
