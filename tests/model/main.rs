//! Random histories, compared with a plain model: records, zeros, removals, guards, observed
//! values, captures inside captures, threads that end, snapshots, and both kinds of readers.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod metrics;
mod observed;
mod plain;

use std::collections::{BTreeMap, HashMap};
use std::thread;

use fastrand::Rng;
use metrics::{Key, Step, assert_adapts, is_adapting, record, remove, shown};
use observed::Observed;
use plain::Model;
use typed_metrics::testing::capture;
use typed_metrics::{ChangeReader, Reader, SeriesId, Value, snapshot};

#[test]
fn histories_agree_with_a_plain_model() {
    run(0..1_000);
}

/// `just model` runs it.
#[test]
#[ignore = "takes half a minute"]
fn many_histories_agree_with_a_plain_model() {
    run(1_000..21_000);
}

fn run(seeds: std::ops::Range<u64>) {
    let _turn = typed_metrics_turn::my_turn();
    let mut readers = Readers::new();
    for seed in seeds {
        let mut history = History {
            random: Rng::with_seed(seed),
            model: Model::default(),
            guards: Vec::new(),
            observed: Vec::new(),
            seed,
        };
        history.steps(40, 0, &mut readers);
        history.check();
        history.end(&mut readers);
    }
}

struct History {
    random: Rng,
    model: Model,
    /// Guards that are inside, each with the life in which it was counted.
    guards: Vec<(Key, u32, typed_metrics::Entered)>,
    observed: Vec<Observed>,
    seed: u64,
}

impl History {
    fn steps(&mut self, steps: usize, depth: usize, readers: &mut Readers) {
        for _ in 0..steps {
            let key = Key::random(&mut self.random);
            match self.random.u8(..100) {
                // A removal inside a capture is left out: the capture keeps plain counts.
                0..7 if depth == 0 => {
                    remove(key);
                    self.model.remove(key);
                }
                7..12 => {
                    let key = Key::level(&mut self.random);
                    let life = self.model.life(key);
                    self.guards.push((key, life, metrics::enter(key)));
                    self.model.record(key, 1);
                }
                12..18 if !self.guards.is_empty() => {
                    let at = self.random.usize(..self.guards.len());
                    let (key, life, guard) = self.guards.swap_remove(at);
                    drop(guard);
                    if self.model.life(key) == life {
                        self.model.record(key, -1);
                    }
                }
                18..21 if depth < 3 => self.captured(depth, readers),
                21..24 => {
                    let value = self.random.i32(-9..20);
                    thread::scope(|scope| scope.spawn(|| record(key, value)).join().unwrap());
                    // Another thread is outside of this thread's captures.
                    self.model.record_outside(key, value);
                }
                24..26 if depth == 0 => self.check(),
                26..28 if depth == 0 => {
                    self.observe();
                    readers.read(&self.model, self.seed);
                }
                28..31 => self.observed.extend(Observed::begin(&mut self.random)),
                31..34 if !self.observed.is_empty() => {
                    let at = self.random.usize(..self.observed.len());
                    self.observed[at].change(self.random.i32(-9..20));
                }
                34..36 if depth == 0 && !self.observed.is_empty() => {
                    let at = self.random.usize(..self.observed.len());
                    self.observed.remove(at).end(&mut self.model);
                }
                36..46 => {
                    let (key, step) =
                        (Key::gauge(&mut self.random), Step::random(&mut self.random));
                    let value = self.random.i32(-9..20);
                    step.take(key, value);
                    self.model.step(key, step, value);
                }
                _ => {
                    let value = self.random.i32(-9..20);
                    record(key, value);
                    self.model.record(key, value);
                }
            }
        }
    }

    /// Steps inside a capture, which sees them and nothing else.
    fn captured(&mut self, depth: usize, readers: &mut Readers) {
        self.model.begin_capture();
        let steps = self.random.usize(..8);
        let captured = capture(|| self.steps(steps, depth + 1, readers));
        let expected = self.model.end_capture();
        for (key, value) in expected {
            assert_eq!(metrics::captured(&captured, key), Some(value), "{key:?} of {}", self.seed);
        }
    }

    /// What the callbacks record at the beginning of a collection.
    fn observe(&mut self) {
        self.observed.iter_mut().for_each(|observed| observed.collect(&mut self.model));
    }

    fn check(&mut self) {
        self.observe();
        let snapshot = snapshot();
        assert_eq!(shown(&snapshot), self.model.shown(), "history {}", self.seed);
        let recorded = self.model.recorded();
        for metric in &snapshot.metrics {
            for series in &metric.series {
                let key = (metric.descriptor.name().to_owned(), series.labels.to_string());
                if is_adapting(&key)
                    && let Some(found) = series.value.as_histogram()
                {
                    assert_adapts(found, &recorded[&key]);
                }
            }
        }
    }

    /// Leaves no series to the next history.
    fn end(mut self, readers: &mut Readers) {
        self.guards.clear();
        self.observed.clear();
        readers.read_all();
        Key::all().for_each(remove);
        let left = shown(&snapshot());
        assert!(left.is_empty(), "history {}: {left:?}", self.seed);
        readers.forget();
    }
}

/// A reader of snapshots and a reader of changes, with the sums of what they were given.
struct Readers {
    snapshots: Reader,
    changes: ChangeReader,
    sums: HashMap<SeriesId, ((String, String), f64)>,
    interval_counts: BTreeMap<(String, String), (SeriesId, u64)>,
}

impl Readers {
    fn new() -> Self {
        Self {
            snapshots: Reader::new(),
            changes: ChangeReader::new(),
            sums: HashMap::new(),
            interval_counts: BTreeMap::new(),
        }
    }

    /// Reads, and compares the sums of all that was read with the model.
    fn read(&mut self, model: &Model, seed: u64) {
        self.read_all();
        let sums: BTreeMap<_, _> = self.sums.values().cloned().collect();
        assert_eq!(sums.len(), self.sums.len(), "two series with the same labels in {seed}");
        for (key, value) in model.shown() {
            assert_eq!(sums.get(&key), Some(&value), "{key:?} of {seed}");
        }
    }

    fn read_all(&mut self) {
        for metric in self.changes.changes(metrics::is_of_the_model).metrics {
            let name = metric.descriptor.name().to_owned();
            for series in &metric.series {
                let key = (name.clone(), series.labels().to_string());
                let (_, total) = self.sums.entry(series.id).or_insert((key, 0.0));
                match &series.value {
                    Value::Histogram(interval) => *total += interval.sum,
                    value if metrics::is_gauge(&name) => *total = value.as_f64(),
                    value => *total += value.as_f64(),
                }
            }
            // What is reported as removed was reported before.
            for removed in &metric.removed {
                assert!(self.sums.remove(removed).is_some());
            }
        }
        for metric in self.snapshots.collect().metrics {
            for series in &metric.series {
                let Some(histogram) = series.value.as_histogram() else { continue };
                let key = (metric.descriptor.name().to_owned(), series.labels.to_string());
                let new = histogram.interval.as_ref().map_or(0, |interval| interval.count);
                let (id, total) = self.interval_counts.entry(key).or_insert((series.id, 0));
                if *id != series.id {
                    (*id, *total) = (series.id, 0);
                }
                *total += new;
                assert_eq!(*total, histogram.count, "intervals of {series:?}");
                for histogram in histogram.interval.as_deref().into_iter().chain([histogram]) {
                    let Some(buckets) = &histogram.exponential else { continue };
                    let counts = buckets.positive.counts.iter().chain(&buckets.negative.counts);
                    assert_eq!(buckets.zeros + counts.sum::<u64>(), histogram.count);
                }
            }
        }
    }

    fn forget(&mut self) {
        self.read_all();
        assert!(self.sums.is_empty(), "removed, and not reported: {:?}", self.sums);
        self.interval_counts.clear();
    }
}
