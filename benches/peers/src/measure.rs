//! Measures the time of a record.
//!
//! The time is the CPU time of the recording threads, because more threads than cores record and
//! other programs run on the machine: a thread that waits for a core takes no CPU time. A thread
//! that sleeps until another one releases a lock takes none either, which favours crates that lock.
//!
//! Threads only disturb each other while they run at the same time. Other programs can prevent
//! that. So a round waits until the cores are free, a run that kept too few cores busy is repeated,
//! and each row tells how many cores were busy.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

use crate::input::{self, Input};
use crate::peer::{Case, Job, Peer};

pub const THREADS: [usize; 3] = [1, 2, 4];

/// The measurements of a batch: few enough to stay in the first cache.
const BATCH: usize = 512;
/// How many batches a thread records before its time counts.
const WARM_UP: usize = 4;
/// How long one thread records in a round.
const SECONDS: f64 = 0.02;

/// A run counts if this share of the cores that it could use was busy.
pub const BUSY: f64 = 0.85;
/// How often a run is repeated. The run with the most busy cores counts then.
const ATTEMPTS: usize = 4;

/// The time of one record.
pub struct Row {
    pub job: Job,
    pub peer: &'static str,
    pub package: &'static str,
    pub threads: usize,
    pub nanoseconds: f64,
    /// How many cores the threads kept busy.
    pub cores: f64,
}

/// One run of all threads.
struct Run {
    nanoseconds: f64,
    cores: f64,
}

/// Measures all crates in each round, in an order that every second round reverses. The time is
/// the median of the rounds. `patience` is how long the rounds may wait for free cores.
///
/// # Panics
///
/// Panics if measurements have not arrived.
pub fn measure(peers: &[Peer], job: Job, rounds: usize, patience: &mut Duration) -> Vec<Row> {
    let inputs = if job == Job::Gauge { input::of_gauge(BATCH) } else { input::mixed(BATCH) };
    let runner = |peer| Runner::new(peer, job, &inputs);
    let mut runners: Vec<_> = peers.iter().filter_map(runner).collect();
    let mut rows = Vec::new();
    for threads in THREADS {
        let mut runs: Vec<_> = runners.iter().map(|_| Vec::new()).collect();
        for round in 0..rounds {
            wait_for_cores(threads.min(cores()), patience);
            let mut order: Vec<_> = runners.iter_mut().zip(&mut runs).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for (runner, runs) in order {
                runs.push(runner.run_busily(threads));
            }
        }
        let row = |(runner, runs): (&Runner<'_>, Vec<Run>)| Row {
            job,
            peer: runner.peer.name,
            package: runner.peer.package,
            threads,
            nanoseconds: median(runs.iter().map(|run| run.nanoseconds)),
            cores: median(runs.iter().map(|run| run.cores)),
        };
        rows.extend(runners.iter().zip(runs).map(row));
    }
    rows
}

struct Runner<'a> {
    peer: &'a Peer,
    case: &'a Case,
    job: Job,
    inputs: &'a [Input<'a>],
    /// How many batches one thread records in [`SECONDS`].
    batches: usize,
    /// How many measurements must have arrived.
    recorded: usize,
}

impl<'a> Runner<'a> {
    fn new(peer: &'a Peer, job: Job, inputs: &'a [Input<'a>]) -> Option<Self> {
        let case = peer.jobs.get(&job)?;
        let mut runner = Self { peer, case, job, inputs, batches: 32, recorded: 0 };
        let batches = SECONDS * 1e9 / (runner.run(1).nanoseconds * BATCH as f64);
        runner.batches = batches.clamp(8.0, 40_000.0) as usize;
        Some(runner)
    }

    fn run_busily(&mut self, threads: usize) -> Run {
        let usable = threads.min(cores()) as f64;
        let mut best = self.run(threads);
        for _ in 1..ATTEMPTS {
            if threads == 1 || best.cores >= BUSY * usable {
                break;
            }
            let run = self.run(threads);
            if run.cores > best.cores {
                best = run;
            }
        }
        best
    }

    /// The time is the mean over all threads.
    fn run(&mut self, threads: usize) -> Run {
        let barrier = Barrier::new(threads);
        let work = || {
            (0..WARM_UP).for_each(|_| (self.case.record)(self.inputs));
            barrier.wait();
            let (begin, start) = (Instant::now(), ThreadTime::now());
            (0..self.batches).for_each(|_| (self.case.record)(self.inputs));
            (begin, start.elapsed().as_secs_f64(), Instant::now())
        };
        let times: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            all.into_iter().map(|thread| thread.join().expect("no record panics")).collect()
        });
        self.recorded += threads * (WARM_UP + self.batches) * BATCH;
        self.check();
        let cpu: f64 = times.iter().map(|(_, cpu, _)| cpu).sum();
        let begin = times.iter().map(|(begin, ..)| *begin).min();
        let end = times.iter().map(|(.., end)| *end).max();
        let elapsed = end.zip(begin).map_or(f64::NAN, |(end, begin)| (end - begin).as_secs_f64());
        let records = threads * self.batches * BATCH;
        Run { nanoseconds: cpu * 1e9 / records as f64, cores: cpu / elapsed }
    }

    fn check(&self) {
        let expected = match self.job {
            // Every thread set the value of the last measurement last.
            Job::Gauge => self.inputs.last().map_or(f64::NAN, |input| f64::from(input.value)),
            _ => self.recorded as f64,
        };
        let total = (self.case.total)();
        assert_eq!(total, expected, "{}: {}", self.peer.name, self.job.title());
    }
}

/// Waits until this many threads can run at the same time, or until the patience is used up.
fn wait_for_cores(count: usize, patience: &mut Duration) {
    let start = Instant::now();
    while count > 1 && start.elapsed() < *patience && busy_cores(count) < BUSY * count as f64 {
        std::thread::sleep(Duration::from_millis(100));
    }
    *patience = patience.saturating_sub(start.elapsed());
}

/// How many cores this many threads keep busy.
fn busy_cores(threads: usize) -> f64 {
    let start = Instant::now();
    let work = move || {
        let cpu = ThreadTime::now();
        while start.elapsed() < Duration::from_millis(20) {}
        cpu.elapsed().as_secs_f64()
    };
    let all: Vec<_> = (0..threads).map(|_| std::thread::spawn(work)).collect();
    let cpu: f64 = all.into_iter().map(|thread| thread.join().expect("no panic")).sum();
    cpu / start.elapsed().as_secs_f64()
}

/// How many threads can run at the same time.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
