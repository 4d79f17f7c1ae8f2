//! A crate, and how it does each job.

use std::collections::BTreeMap;
use std::hint::black_box;

use crate::input::Input;

/// The job of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    Counter,
    Histogram,
    Open,
    Three,
    Gauge,
}

impl Job {
    pub const ALL: [Self; 5] =
        [Self::Counter, Self::Histogram, Self::Open, Self::Three, Self::Gauge];

    /// The name of the job in JSON and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Histogram => "histogram",
            Self::Open => "open",
            Self::Three => "three",
            Self::Gauge => "gauge",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Counter => "counter, two fixed labels",
            Self::Histogram => "histogram, 8 buckets, two fixed labels",
            Self::Open => "counter, (u16, &str) labels looked up",
            Self::Three => "three counters, the same (u16, &str) labels",
            Self::Gauge => "gauge set, (u16, &str) labels, one series",
        }
    }
}

/// A kind of metric whose memory is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Memory {
    Counters,
    Histograms,
}

impl Memory {
    pub const ALL: [Self; 2] = [Self::Counters, Self::Histograms];

    pub fn key(self) -> &'static str {
        match self {
            Self::Counters => "counters",
            Self::Histograms => "histograms",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ours,
    /// The least cost of a record.
    Floor,
    /// All threads write the cells of a series.
    SharedCells,
    /// The threads spread over several cells of a series.
    OwnCells,
}

pub struct Peer {
    pub name: &'static str,
    /// The package of `Cargo.lock` whose version counts.
    pub package: &'static str,
    pub kind: Kind,
    pub jobs: BTreeMap<Job, Case>,
    /// Each function defines a new metric, so that its memory can be measured.
    pub memory: BTreeMap<Memory, fn() -> Case>,
}

impl Peer {
    pub fn new(name: &'static str, package: &'static str, kind: Kind) -> Self {
        Self { name, package, kind, jobs: BTreeMap::new(), memory: BTreeMap::new() }
    }

    pub fn job(mut self, job: Job, case: Case) -> Self {
        self.jobs.insert(job, case);
        self
    }

    pub fn memory(mut self, memory: Memory, define: fn() -> Case) -> Self {
        self.memory.insert(memory, define);
        self
    }
}

type Record = Box<dyn Fn(&[Input<'_>]) + Send + Sync>;
type Total = Box<dyn Fn() -> f64 + Send + Sync>;

/// One job of one crate.
pub struct Case {
    /// Records a batch. The loop is inside, so that the compiler inlines a record as in a program.
    pub record: Record,
    /// Reads how many measurements have arrived since the start; of a gauge, its value.
    pub total: Total,
}

impl Case {
    pub fn new(
        record: impl Fn(&Input<'_>) + Send + Sync + 'static,
        total: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        Self::published(record, || (), total)
    }

    /// A case whose threads keep their measurements until `publish`, which runs after each batch.
    pub fn published(
        record: impl Fn(&Input<'_>) + Send + Sync + 'static,
        publish: impl Fn() + Send + Sync + 'static,
        total: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        let record = move |inputs: &[Input<'_>]| {
            for input in inputs {
                record(black_box(input));
            }
            publish();
        };
        Self { record: Box::new(record), total: Box::new(total) }
    }
}
