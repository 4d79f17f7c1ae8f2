//! Compares the engine with a plain model, over random histories in several threads. The tests are
//! small enough for Miri:
//!
//! `just miri`, or `MIRIFLAGS="-Zmiri-ignore-leaks -Zmiri-disable-isolation" cargo +nightly miri
//! test -p typed-metrics-core --test engine`

#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use typed_metrics_core::testing::{Scope, capture};
use typed_metrics_core::{Snapshot, Value};
use typed_metrics_derive::{Label, Metrics};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Label)]
#[label(crate = typed_metrics_core)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "engine")]
enum Engine<'a> {
    #[counter]
    Count { side: Side, hit: Option<bool> },
    #[counter(value = f64)]
    Seconds { side: Side },
    #[up_down_counter]
    Level { side: Side },
    #[gauge]
    Size { side: Side },
    #[histogram(buckets = [-10, 0, 10])]
    Sizes { side: Side },
    #[counter]
    OpenCount { name: &'a str, side: Side },
    #[up_down_counter(value = f64)]
    OpenLevel { name: &'a str },
    #[gauge(value = i64)]
    OpenSize { name: &'a str },
    #[histogram(buckets = [-10, 0, 10])]
    OpenSizes { name: &'a str, shard: u8 },
    #[counter]
    AtExit,
    #[counter]
    Captured { name: &'a str },
    #[histogram(buckets = [-10, 0, 10])]
    CapturedSizes { side: Side },
    #[up_down_counter]
    Shared { name: &'a str },
}

/// Registers the metrics under Miri, which runs no linker. Elsewhere the linker registers them.
fn link() {
    #[cfg(miri)]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        let (name, side, shard) = ("", Side::Left, 0);
        ONCE.call_once(|| {
            use typed_metrics_core::__private::link;
            link(Engine::Count { side, hit: None });
            link(Engine::Seconds { side });
            link(Engine::Level { side });
            link(Engine::Size { side });
            link(Engine::Sizes { side });
            link(Engine::OpenCount { name, side });
            link(Engine::OpenLevel { name });
            link(Engine::OpenSize { name });
            link(Engine::OpenSizes { name, shard });
            link(Engine::AtExit);
            link(Engine::Captured { name });
            link(Engine::CapturedSizes { side });
            link(Engine::Shared { name });
        });
    }
}

/// One step of a history: a metric, its labels and a value.
#[derive(Debug, Clone, Copy)]
struct Step {
    metric: u8,
    side: Side,
    hit: Option<bool>,
    name: &'static str,
    value: i32,
}

const METRICS: u8 = 9;

impl Step {
    fn random(random: &mut fastrand::Rng) -> Self {
        Self {
            metric: random.u8(..METRICS),
            side: if random.bool() { Side::Left } else { Side::Right },
            hit: [None, Some(false), Some(true)][random.usize(..3)],
            name: ["a", "b", "c\n"][random.usize(..3)],
            value: random.i32(-20..40),
        }
    }

    fn shard(self) -> u8 {
        self.name.as_bytes()[0]
    }

    fn record(self) {
        let Self { side, hit, name, value, .. } = self;
        let (positive, eighths) = (u64::from(value.unsigned_abs()), f64::from(value) / 8.0);
        match self.metric {
            0 => Engine::count(side, hit).add(positive),
            1 => Engine::seconds(side).add(eighths.abs()),
            2 => Engine::level(side).add(i64::from(value)),
            3 => Engine::size(side).set(value),
            4 => Engine::sizes(side).record(value),
            5 => Engine::open_count(name, side).add(positive),
            6 => Engine::open_level(name).add(eighths),
            7 => Engine::open_size(name).set(value),
            _ => Engine::open_sizes(name, self.shard()).record(value),
        }
    }

    fn remove(self) {
        let Self { side, hit, name, .. } = self;
        match self.metric {
            0 => Engine::count(side, hit).remove(),
            1 => Engine::seconds(side).remove(),
            2 => Engine::level(side).remove(),
            3 => Engine::size(side).remove(),
            4 => Engine::sizes(side).remove(),
            5 => Engine::open_count(name, side).remove(),
            6 => Engine::open_level(name).remove(),
            7 => Engine::open_size(name).remove(),
            _ => Engine::open_sizes(name, self.shard()).remove(),
        }
    }

    /// The name of the metric and the labels of the series, as a snapshot shows them.
    fn key(self) -> (&'static str, String) {
        let side = format!("side={}", if self.side == Side::Left { "left" } else { "right" });
        let name = format!("name={}", self.name.replace('\n', "\\n"));
        match self.metric {
            0 => match self.hit {
                None => ("engine.count", side),
                Some(hit) => ("engine.count", format!("{side} hit={hit}")),
            },
            1 => ("engine.seconds", side),
            2 => ("engine.level", side),
            3 => ("engine.size", side),
            4 => ("engine.sizes", side),
            5 => ("engine.open_count", format!("{name} {side}")),
            6 => ("engine.open_level", name),
            7 => ("engine.open_size", name),
            _ => ("engine.open_sizes", format!("{name} shard={}", self.shard())),
        }
    }
}

/// The values of each series since its removal, as a plain program would keep them.
type Model = BTreeMap<(&'static str, String), Vec<i32>>;

fn assert_holds(model: &Model, snapshot: &Snapshot, history: u64) {
    let mut found = BTreeMap::new();
    for metric in &snapshot.metrics {
        for series in &metric.series {
            found.insert((metric.descriptor.name(), series.labels.to_string()), &series.value);
        }
    }
    // These metrics belong to the other tests.
    let other = ["engine.at_exit", "engine.captured", "engine.captured_sizes", "engine.shared"];
    found.retain(|(name, _), _| !other.contains(name));
    // A removed sum with fixed labels may be left out until it is not zero.
    let mut model = model.clone();
    model.retain(|key, values| {
        let is_zero = match key.0 {
            "engine.count" | "engine.seconds" => values.iter().all(|value| *value == 0),
            "engine.level" => values.iter().sum::<i32>() == 0,
            _ => false,
        };
        found.contains_key(key) || !is_zero
    });
    assert!(found.keys().eq(model.keys()), "history {history}: {found:?}, but {model:?}");
    for (key, values) in &model {
        let whole: i64 = values.iter().map(|v| i64::from(*v)).sum();
        let size: u64 = values.iter().map(|v| u64::from(v.unsigned_abs())).sum();
        let last = *values.last().unwrap();
        let expected = match key.0 {
            "engine.count" | "engine.open_count" => Value::U64(size),
            "engine.seconds" => Value::F64(size as f64 / 8.0),
            "engine.level" => Value::I64(whole),
            "engine.open_level" => Value::F64(whole as f64 / 8.0),
            "engine.size" => Value::F64(f64::from(last)),
            "engine.open_size" => Value::I64(i64::from(last)),
            _ => {
                let Value::Histogram(found) = found[key] else { panic!("{key:?}") };
                let inside = |low: i32, high: i32| {
                    values.iter().filter(|v| **v > low && **v <= high).count() as u64
                };
                let buckets = [inside(-100, -10), inside(-10, 0), inside(0, 10), inside(10, 100)];
                assert_eq!(found.buckets, buckets, "{key:?} in history {history}");
                assert_eq!((found.count, found.sum), (values.len() as u64, whole as f64));
                assert_eq!(found.min, f64::from(*values.iter().min().unwrap()));
                assert_eq!(found.max, f64::from(*values.iter().max().unwrap()));
                continue;
            }
        };
        assert_eq!(found[key], &expected, "{key:?} in history {history}");
    }
}

/// Runs the steps one after the other, each in one of a few threads, which come and go.
#[test]
fn random_histories_agree_with_a_plain_model() {
    link();
    let (histories, steps) = if cfg!(miri) { (2, 60) } else { (100, 400) };
    let mut model = Model::new();
    for history in 0..histories {
        let mut random = fastrand::Rng::with_seed(history);
        let mut workers: Vec<_> = (0..3).map(|_| Worker::start()).collect();
        for _ in 0..steps {
            let step = Step::random(&mut random);
            let worker = random.usize(..workers.len());
            match random.u8(..20) {
                0 => {
                    workers[worker].run(move || step.remove());
                    model.remove(&step.key());
                }
                1 => workers[worker] = Worker::start(),
                2 => assert_holds(&model, &typed_metrics_core::snapshot(), history),
                _ => {
                    workers[worker].run(move || step.record());
                    model.entry(step.key()).or_default().push(step.value);
                }
            }
        }
        assert_holds(&model, &typed_metrics_core::snapshot(), history);
    }
}

/// A thread that runs jobs, and ends when the worker is dropped.
struct Worker {
    jobs: Option<mpsc::Sender<Box<dyn FnOnce() + Send>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Worker {
    fn start() -> Self {
        let (jobs, receiver) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let thread = thread::spawn(move || receiver.into_iter().for_each(|job| job()));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Runs `job` in the thread and waits for its end.
    fn run(&self, job: impl FnOnce() + Send + 'static) {
        let (done, is_done) = mpsc::channel();
        let job = move || {
            job();
            done.send(()).unwrap();
        };
        self.jobs.as_ref().unwrap().send(Box::new(job)).unwrap();
        is_done.recv().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs.take();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn count(name: &str) -> f64 {
    let snapshot = typed_metrics_core::snapshot();
    snapshot.get(name).unwrap().series.iter().map(|series| series.value.as_f64()).sum()
}

#[test]
fn a_shard_outlives_its_thread_and_its_storage() {
    struct AtExit;
    impl Drop for AtExit {
        fn drop(&mut self) {
            Engine::at_exit().add(10);
        }
    }
    thread_local!(static AT_EXIT: AtExit = const { AtExit });
    link();
    let threads = if cfg!(miri) { 3 } else { 100 };
    for _ in 0..threads {
        thread::spawn(|| {
            AT_EXIT.with(|_| ());
            Engine::at_exit().inc();
        })
        .join()
        .unwrap();
    }
    assert_eq!(count("engine.at_exit"), f64::from(11 * threads));
}

#[test]
fn captured_measurements_count_once() {
    link();
    let rounds = if cfg!(miri) { 2 } else { 50 };
    for round in 1..=rounds {
        let seen = capture(|| {
            Engine::captured("a").add(2);
            Engine::captured_sizes(Side::Left).record(5);
            let inner = capture(|| {
                Engine::captured("a").add(1);
                Engine::captured("b").add(1);
            });
            assert_eq!(inner.counter(Engine::Captured { name: "a" }), 1);
            let scope = Scope::current();
            let other = move || scope.enter(|| Engine::captured("a").add(4));
            thread::spawn(other).join().unwrap();
            // This measurement does not belong to the capture.
            thread::spawn(|| Engine::captured("a").add(100)).join().unwrap();
        });
        assert_eq!(seen.counter(Engine::Captured { name: "a" }), 7);
        assert_eq!(seen.counter(Engine::Captured { name: "b" }), 1);
        let sizes = seen.histogram(Engine::CapturedSizes { side: Side::Left });
        assert_eq!((sizes.count, sizes.sum), (1, 5.0));
        drop(seen);
        assert_eq!(count("engine.captured"), f64::from(round * 108));
        assert_eq!(count("engine.captured_sizes"), f64::from(round * 5));
    }
}

#[test]
fn threads_record_in_one_series_while_it_is_read() {
    link();
    let each = if cfg!(miri) { 20 } else { 20_000 };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..each {
                    Engine::shared("x").add(2);
                    Engine::shared("x").dec();
                }
            });
        }
        for _ in 0..each / 10 {
            assert!(count("engine.shared") <= f64::from(3 * each + 3));
        }
    });
    assert_eq!(count("engine.shared"), f64::from(3 * each));
}
