//! Everything at once: threads record, remove, capture, start and end, series expire, and readers
//! collect. Every count arrives once, memory has a bound, and no collection takes long.

use std::array;
use std::collections::HashMap;
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics::testing::capture;
use typed_metrics::{
    ChangeReader, Label, Metrics, Reader, SeriesId, Value, set_default_expiry, snapshot,
};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "storm")]
enum Storm {
    #[counter]
    Plain { side: Side },
    #[counter(value = f64)]
    Float { side: Side },
    #[counter(series_limit = 10)]
    Open { key: u32 },
    #[histogram(buckets = [10, 20])]
    Size { side: Side },
    #[histogram(buckets = [10, 20], series_limit = 10)]
    OpenSize { key: u32 },
    #[up_down_counter]
    Inside { key: u32 },
    #[gauge]
    Level { key: u32 },
    /// Up-down counters do not expire, and nobody removes this one.
    #[up_down_counter]
    Calm { side: Side },
}

const COUNTED: [&str; 5] =
    ["storm.plain", "storm.float", "storm.open", "storm.size", "storm.open_size"];

/// The most time that a collection may take, on a machine with many other tasks.
const LONGEST: Duration = Duration::from_secs(20);

fn record(which: usize, key: u32) {
    let side = if key.is_multiple_of(2) { Side::Left } else { Side::Right };
    match which {
        0 => Storm::plain(side).inc(),
        1 => Storm::float(side).add(1.0),
        2 => Storm::open(key).inc(),
        3 => Storm::size(side).record(key),
        _ => Storm::open_size(key).record(key),
    }
}

fn remove(which: usize, key: u32) {
    let side = if key.is_multiple_of(2) { Side::Left } else { Side::Right };
    match which {
        0 => Storm::plain(side).remove(),
        1 => Storm::float(side).remove(),
        2 => Storm::open(key).remove(),
        3 => Storm::size(side).remove(),
        4 => Storm::open_size(key).remove(),
        5 => Storm::inside(key % 3).remove(),
        _ => Storm::level(key % 3).remove(),
    }
}

/// What a thread does until `is_done`. Returns how often it recorded each of [`COUNTED`].
fn work(seed: u64, is_done: &AtomicBool, counted: &[AtomicU64; 5]) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut own = [0; 5];
    while !is_done.load(Acquire) {
        let (which, key) = (random.usize(..5), random.u32(..30));
        match random.u32(..100) {
            0..10 => remove(random.usize(..7), key),
            10..13 => {
                let before = calm(&snapshot());
                let captured = capture(|| {
                    Storm::calm(Side::Left).inc();
                    record(which, key);
                    let inner = capture(|| Storm::calm(Side::Left).inc());
                    inner.assert_up_down_counter(Storm::Calm { side: Side::Left }, 1);
                });
                captured.assert_up_down_counter(Storm::Calm { side: Side::Left }, 2);
                assert!(calm(&snapshot()) >= before + 2.0);
                own[which] += 1;
            }
            13..20 => drop(Storm::inside(key % 3).enter()),
            20..30 => Storm::level(key % 3).set(key),
            _ => {
                record(which, key);
                own[which] += 1;
            }
        }
    }
    for (total, own) in counted.iter().zip(own) {
        total.fetch_add(own, Release);
    }
}

fn calm(snapshot: &typed_metrics::Snapshot) -> f64 {
    let calm = snapshot.get("storm.calm").and_then(|calm| calm.series_with(&[("side", "left")]));
    calm.map_or(0.0, |calm| calm.value.as_f64())
}

/// Adds up the changes of each metric, and checks what the reader says of series.
#[derive(Default)]
struct Sums {
    by_metric: HashMap<&'static str, f64>,
    known: HashMap<SeriesId, Value>,
}

impl Sums {
    fn take(&mut self, reader: &ChangeReader) {
        for metric in reader.changes(|metric| metric.name().starts_with("storm.")).metrics {
            let total = self.by_metric.entry(metric.descriptor.name()).or_default();
            for series in metric.series {
                *total += match &series.value {
                    Value::Histogram(interval) => {
                        assert!(interval.min <= interval.max && interval.sum >= 0.0);
                        interval.count as f64
                    }
                    value => value.as_f64(),
                };
                assert!(!series.labels().is_empty());
                self.known.insert(series.id, series.value);
            }
            for id in metric.removed {
                assert!(self.known.remove(&id).is_some(), "{}", metric.descriptor.name());
            }
        }
    }
}

/// The memory that the process uses, in KiB; `None` where the system does not say.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn storm(duration: Duration) {
    let _turn = my_turn();
    set_default_expiry(Duration::from_millis(3));
    let (changes, reader) = (ChangeReader::new(), Reader::new());
    let mut sums = Sums::default();
    sums.take(&changes);
    sums.by_metric.clear();
    let counted: [AtomicU64; 5] = array::from_fn(|_| AtomicU64::new(0));
    let began = Instant::now();
    let mut longest = Duration::ZERO;
    let mut seed = 0;
    let mut early_memory = None;
    while began.elapsed() < duration {
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..4 {
                seed += 1;
                let (is_done, counted) = (&is_done, &counted);
                scope.spawn(move || work(seed, is_done, counted));
            }
            let round = Instant::now();
            while round.elapsed() < Duration::from_millis(200) {
                let collection = Instant::now();
                sums.take(&changes);
                let _ = reader.collect();
                longest = longest.max(collection.elapsed());
            }
            is_done.store(true, Release);
        });
        early_memory = early_memory.or_else(|| memory().filter(|_| began.elapsed() > duration / 4));
    }
    sums.take(&changes);
    set_default_expiry(None);
    for (name, counted) in COUNTED.iter().zip(&counted) {
        let recorded = counted.load(Relaxed) as f64;
        assert!(recorded > 100.0, "{name}: {recorded}");
        assert_eq!(sums.by_metric[name], recorded, "{name}");
    }
    for key in 0..3 {
        let inside = snapshot();
        let inside = inside.get("storm.inside").unwrap();
        let inside = inside.series_with(&[("key", &key.to_string())]);
        assert!(inside.is_none_or(|inside| inside.value.as_f64() == 0.0), "{inside:?}");
    }
    println!("the longest collection took {longest:?}");
    assert!(longest < LONGEST, "a collection took {longest:?}");
    if let (Some(early), Some(late)) = (early_memory, memory()) {
        assert!(late < early + early / 4 + (8 << 10), "{early} KiB became {late} KiB");
    }
}

#[test]
fn nothing_is_lost_when_everything_happens_at_once() {
    storm(Duration::from_secs(2));
}

/// `just storm`
#[test]
#[ignore = "takes half a minute"]
fn nothing_is_lost_in_half_a_minute() {
    storm(Duration::from_secs(30));
}
