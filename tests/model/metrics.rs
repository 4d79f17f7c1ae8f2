//! The metrics of the model, and the keys that name their series.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use fastrand::Rng;
use typed_metrics::testing::Captured;
use typed_metrics::value::GaugeValue;
use typed_metrics::{
    Descriptor, Entered, Gauge, HistogramSnapshot, Label, Metrics, Number, Observation, Snapshot,
    Value,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Label)]
pub(crate) enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "model")]
enum Everything<'a> {
    #[counter]
    Plain { side: Side },
    #[counter(value = f64)]
    Weight { side: Side },
    #[up_down_counter]
    Level { side: Side },
    #[gauge]
    Height { side: Side },
    #[histogram(buckets = [-2, 0, 5])]
    Sizes { side: Side },
    #[histogram(exponential, max_size = 8)]
    Adapting { side: Side },
    #[counter]
    OpenPlain { name: &'a str },
    #[up_down_counter(value = f64)]
    OpenWeight { name: &'a str },
    #[up_down_counter]
    OpenLevel { name: &'a str },
    #[gauge(value = i64)]
    OpenHeight { name: &'a str },
    #[histogram(buckets = [-2, 0, 5])]
    OpenSizes { name: &'a str },
    #[histogram(exponential, max_size = 8)]
    OpenAdapting { name: &'a str },
}

/// A series of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    metric: u8,
    second: bool,
}

const METRICS: u8 = 12;

impl Key {
    pub(crate) fn random(random: &mut Rng) -> Self {
        Self { metric: random.u8(..METRICS), second: random.bool() }
    }

    /// A series that can be entered.
    pub(crate) fn level(random: &mut Rng) -> Self {
        Self { metric: if random.bool() { 2 } else { 8 }, second: random.bool() }
    }

    /// A gauge.
    pub(crate) fn gauge(random: &mut Rng) -> Self {
        Self { metric: if random.bool() { 3 } else { 9 }, second: random.bool() }
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..METRICS).flat_map(|metric| [false, true].map(|second| Self { metric, second }))
    }

    fn side(self) -> Side {
        if self.second { Side::Right } else { Side::Left }
    }

    fn name(self) -> &'static str {
        if self.second { "b" } else { "a" }
    }

    fn variant(self) -> Everything<'static> {
        let (side, name) = (self.side(), self.name());
        match self.metric {
            0 => Everything::Plain { side },
            1 => Everything::Weight { side },
            2 => Everything::Level { side },
            3 => Everything::Height { side },
            4 => Everything::Sizes { side },
            5 => Everything::Adapting { side },
            6 => Everything::OpenPlain { name },
            7 => Everything::OpenWeight { name },
            8 => Everything::OpenLevel { name },
            9 => Everything::OpenHeight { name },
            10 => Everything::OpenSizes { name },
            _ => Everything::OpenAdapting { name },
        }
    }

    pub(crate) fn is_gauge(self) -> bool {
        matches!(self.metric, 3 | 9)
    }

    pub(crate) fn is_counter(self) -> bool {
        matches!(self.metric, 0 | 1 | 6)
    }

    /// Whether the series is an up-down counter.
    pub(crate) fn is_level(self) -> bool {
        matches!(self.metric, 2 | 7 | 8)
    }

    /// The number that a series counts when `value` is recorded in it. Counters take no negative
    /// numbers, and floats are eighths.
    pub(crate) fn counted(self, value: i32) -> f64 {
        match self.metric {
            0 | 6 => f64::from(value.unsigned_abs()),
            1 => f64::from(value.unsigned_abs()) / 8.0,
            7 => f64::from(value) / 8.0,
            _ => f64::from(value),
        }
    }

    /// The name of the metric and the labels, as a snapshot shows them.
    pub(crate) fn shown(self) -> (String, String) {
        let names = [
            "plain",
            "weight",
            "level",
            "height",
            "sizes",
            "adapting",
            "open_plain",
            "open_weight",
            "open_level",
            "open_height",
            "open_sizes",
            "open_adapting",
        ];
        let labels = match (self.metric < 6, self.second) {
            (true, false) => "side=left",
            (true, true) => "side=right",
            (false, false) => "name=a",
            (false, true) => "name=b",
        };
        (format!("model.{}", names[usize::from(self.metric)]), labels.to_owned())
    }
}

pub(crate) fn record(key: Key, value: i32) {
    let (side, name, counted) = (key.side(), key.name(), key.counted(value));
    let positive = u64::from(value.unsigned_abs());
    match key.metric {
        0 => Everything::plain(side).add(positive),
        1 => Everything::weight(side).add(counted),
        2 => Everything::level(side).add(i64::from(value)),
        3 => Everything::height(side).set(value),
        4 => Everything::sizes(side).record(value),
        5 => Everything::adapting(side).record(value),
        6 => Everything::open_plain(name).add(positive),
        7 => Everything::open_weight(name).add(counted),
        8 => Everything::open_level(name).add(i64::from(value)),
        9 => Everything::open_height(name).set(value),
        10 => Everything::open_sizes(name).record(value),
        _ => Everything::open_adapting(name).record(value),
    }
}

/// An operation on a gauge that depends on the value before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Add,
    Sub,
    Inc,
    Dec,
    SetMax,
    SetMin,
}

impl Step {
    pub(crate) fn random(random: &mut Rng) -> Self {
        [Self::Add, Self::Sub, Self::Inc, Self::Dec, Self::SetMax, Self::SetMin][random.usize(..6)]
    }

    /// The value after the step.
    pub(crate) fn from(self, before: Option<f64>, value: f64) -> f64 {
        let sum = before.unwrap_or(0.0);
        match self {
            Self::Add => sum + value,
            Self::Sub => sum - value,
            Self::Inc => sum + 1.0,
            Self::Dec => sum - 1.0,
            Self::SetMax => before.unwrap_or(value).max(value),
            Self::SetMin => before.unwrap_or(value).min(value),
        }
    }

    /// Takes the step in a series of [`Key::gauge`].
    pub(crate) fn take(self, key: Key, value: i32) {
        if key.metric == 3 {
            self.of(Everything::height(key.side()), value);
        } else {
            self.of(Everything::open_height(key.name()), value);
        }
    }

    fn of<T: Number>(self, gauge: Gauge<T>, value: i32)
    where
        i32: GaugeValue<T>,
    {
        match self {
            Self::Add => gauge.add(value),
            Self::Sub => gauge.sub(value),
            Self::Inc => gauge.inc(),
            Self::Dec => gauge.dec(),
            Self::SetMax => gauge.set_max(value),
            Self::SetMin => gauge.set_min(value),
        }
    }
}

pub(crate) fn remove(key: Key) {
    let (side, name) = (key.side(), key.name());
    match key.metric {
        0 => Everything::plain(side).remove(),
        1 => Everything::weight(side).remove(),
        2 => Everything::level(side).remove(),
        3 => Everything::height(side).remove(),
        4 => Everything::sizes(side).remove(),
        5 => Everything::adapting(side).remove(),
        6 => Everything::open_plain(name).remove(),
        7 => Everything::open_weight(name).remove(),
        8 => Everything::open_level(name).remove(),
        9 => Everything::open_height(name).remove(),
        10 => Everything::open_sizes(name).remove(),
        _ => Everything::open_adapting(name).remove(),
    }
}

/// Enters a series of [`Key::level`].
pub(crate) fn enter(key: Key) -> Entered {
    if key.metric == 2 {
        Everything::level(key.side()).enter()
    } else {
        Everything::open_level(key.name()).enter()
    }
}

/// Observes a series; `None` if it is a histogram.
pub(crate) fn observe(key: Key, value: Arc<AtomicI32>) -> Option<Observation> {
    let (side, name) = (key.side(), key.name());
    let counted = move || key.counted(value.load(Relaxed));
    #[expect(clippy::cast_possible_truncation, reason = "the values are small")]
    let whole = {
        let counted = counted.clone();
        move || counted() as i64
    };
    Some(match key.metric {
        0 => Everything::plain(side).observe(move || whole().unsigned_abs()),
        1 => Everything::weight(side).observe(counted),
        2 => Everything::level(side).observe(whole),
        3 => Everything::height(side).observe(counted),
        6 => Everything::open_plain(name).observe(move || whole().unsigned_abs()),
        7 => Everything::open_weight(name).observe(counted),
        8 => Everything::open_level(name).observe(whole),
        9 => Everything::open_height(name).observe(whole),
        _ => return None,
    })
}

/// The sum or the value that a capture saw.
pub(crate) fn captured<R>(captured: &Captured<R>, key: Key) -> Option<f64> {
    captured.value(key.variant()).map(|value| as_number(&value))
}

/// The sum or the value of each series of the model.
pub(crate) fn shown(snapshot: &Snapshot) -> BTreeMap<(String, String), f64> {
    let mut shown = BTreeMap::new();
    for metric in snapshot.metrics.iter().filter(|metric| is_of_the_model(metric.descriptor)) {
        for series in &metric.series {
            let key = (metric.descriptor.name().to_owned(), series.labels.to_string());
            shown.insert(key, as_number(&series.value));
        }
    }
    shown
}

fn as_number(value: &Value) -> f64 {
    value.as_histogram().map_or_else(|| value.as_f64(), |histogram| histogram.sum)
}

/// Whether a series has the buckets of an exponential histogram of the model.
pub(crate) fn is_adapting(key: &(String, String)) -> bool {
    key.0.ends_with("adapting")
}

/// The values in each bucket of an exponential histogram, by a value of the bucket: `values` are
/// all values that may be in it. The scale is as large as `values` allow.
pub(crate) fn assert_adapts(found: &HistogramSnapshot, values: &BTreeMap<i32, u64>) {
    let buckets = found.exponential.as_deref().expect("it is exponential");
    #[expect(clippy::cast_possible_truncation, reason = "the values are small")]
    let index = |value: i32, scale: i32| {
        (f64::from(value.abs()).log2() * 2_f64.powi(scale)).ceil() as i32 - 1
    };
    let counts = |scale: i32, sign: i32| {
        let mut counts = BTreeMap::new();
        for (value, count) in values.iter().filter(|(value, _)| value.signum() == sign) {
            *counts.entry(index(*value, scale)).or_insert(0) += count;
        }
        counts
    };
    let size = |scale: i32| {
        let sizes = [-1, 1].map(|sign| {
            let counts = counts(scale, sign);
            let ends = counts.keys().next().zip(counts.keys().next_back());
            ends.map_or(0, |(first, last)| i64::from(*last) - i64::from(*first) + 1)
        });
        sizes[0] + sizes[1]
    };
    let scale = (-11..=20).rev().find(|scale| size(*scale) <= 8);
    assert_eq!(Some(buckets.scale), scale, "{buckets:?} of {values:?}");
    assert_eq!(buckets.zeros, values.get(&0).copied().unwrap_or(0));
    for (range, sign) in [(&buckets.positive, 1), (&buckets.negative, -1)] {
        let found = (range.offset..).zip(range.counts.iter().copied());
        let found: BTreeMap<_, _> = found.filter(|(_, count)| *count > 0).collect();
        assert_eq!(found, counts(buckets.scale, sign), "{buckets:?} of {values:?}");
    }
}

pub(crate) fn is_of_the_model(descriptor: &Descriptor) -> bool {
    descriptor.name().starts_with("model.")
}

pub(crate) fn is_gauge(name: &str) -> bool {
    name.ends_with("height")
}
