//! The project's promises about these times and this memory, and whether this run kept them.

use crate::measure::{THREADS, cores};
use crate::memory::Bytes;
use crate::peer::{Job, Kind, Memory, Peer};
use crate::results::Results;

pub struct Promise {
    /// The key of the job, or of the kind of metric whose memory is measured.
    pub about: &'static str,
    pub text: String,
    pub most: f64,
    /// The worst ratio of the run.
    pub measured: f64,
    /// Every crate that is faster than promised, or the threads that break the promise.
    pub broken_by: Vec<String>,
}

impl Promise {
    pub fn line(&self) -> String {
        let verdict = if self.broken_by.is_empty() { "kept" } else { "MISSED" };
        let mut line =
            format!("{verdict}: at most {}x of {} ({:.2}x)", self.most, self.text, self.measured);
        if !self.broken_by.is_empty() {
            line += &format!(": {}", self.broken_by.join(", "));
        }
        line
    }
}

/// Throughput may appear to fall by this much through noise.
const NOISE: f64 = 1.1;

/// The promises about a job that was measured.
pub fn of(results: &Results<'_>, job: Job) -> Vec<Promise> {
    let any = |_: &Peer| true;
    let shared = |peer: &Peer| peer.kind == Kind::SharedCells;
    let mut promises = match job {
        Job::Counter => vec![
            against_floor(results, job, 0.7),
            against_peers(results, job, 1, 0.7, "every crate, 1 thread", any),
            against_peers(results, job, 4, 0.3, "every crate that shares cells, 4 threads", shared),
        ],
        Job::Histogram => vec![
            against_peers(results, job, 1, 0.75, "every crate, 1 thread", any),
            against_peers(results, job, 4, 0.2, "every crate, 4 threads", any),
        ],
        Job::Open => vec![
            against_peers(results, job, 1, 0.55, "every crate, 1 thread", any),
            against_peers(results, job, 4, 0.2, "every crate, 4 threads", any),
        ],
        Job::Three => against_one_lookup(results).into_iter().collect(),
        Job::Gauge => against_one_thread(results).into_iter().collect(),
    };
    promises.push(throughput(results, job));
    promises
}

fn against_floor(results: &Results<'_>, job: Job, most: f64) -> Promise {
    let floor = "uncontended fetch_add";
    let measured = results.ratio(job, floor, 1).unwrap_or(f64::NAN);
    compare(job.key(), format!("an {floor}, 1 thread"), most, [(String::from(floor), measured)])
}

fn against_peers(
    results: &Results<'_>,
    job: Job,
    threads: usize,
    most: f64,
    text: &str,
    counts: impl Fn(&Peer) -> bool,
) -> Promise {
    let peers = results.others(job).filter(|peer| counts(peer));
    let ratio = |peer: &Peer| Some((peer.name.to_owned(), results.ratio(job, peer.name, threads)?));
    compare(job.key(), text.to_owned(), most, peers.filter_map(ratio))
}

fn against_one_lookup(results: &Results<'_>) -> Option<Promise> {
    let one = results.time(Job::Open, results.own(), 1)?;
    let three = results.time(Job::Three, results.own(), 1)?;
    let text = String::from("one counter with these labels, 1 thread");
    Some(compare(Job::Three.key(), text, 1.5, [(String::from("three counters"), three / one)]))
}

fn against_one_thread(results: &Results<'_>) -> Option<Promise> {
    let own = results.own();
    let ratio = results.time(Job::Gauge, own, 4)? / results.time(Job::Gauge, own, 1)?;
    let text = String::from("1 thread, with 4 threads on one series");
    Some(compare(Job::Gauge.key(), text, 2.0, [(String::from("4 threads"), ratio)]))
}

/// Our throughput is the number of busy cores divided by the time of a record.
fn throughput(results: &Results<'_>, job: Job) -> Promise {
    let time = |threads: usize| {
        let time = results.time(job, results.own(), threads).unwrap_or(f64::NAN);
        time / threads.min(cores()) as f64
    };
    let step = |pair: &[usize]| {
        (format!("{} to {} threads", pair[0], pair[1]), time(pair[1]) / time(pair[0]))
    };
    let text = String::from("the time for all records with fewer threads");
    compare(job.key(), text, NOISE, THREADS.windows(2).map(step))
}

/// About the memory that 1,000 ended threads leave.
pub fn of_memory(all: &[Bytes], own: &str, kind: Memory) -> Option<Promise> {
    let mut rows = all.iter().filter(|row| row.kind == kind && row.peer == own);
    let (one, many) = (rows.next()?, rows.next_back()?);
    let ratio = (format!("{} threads", many.threads), many.ended / one.ended);
    Some(compare(kind.key(), "what one ended thread leaves".to_owned(), 2.0, [ratio]))
}

fn compare(
    about: &'static str,
    text: String,
    most: f64,
    ratios: impl IntoIterator<Item = (String, f64)>,
) -> Promise {
    let ratios: Vec<_> = ratios.into_iter().collect();
    let measured = ratios.iter().map(|(_, ratio)| *ratio).fold(0.0, f64::max);
    let broken = ratios.iter().filter(|(_, ratio)| *ratio > most);
    let broken_by = broken.map(|(name, ratio)| format!("{name} {ratio:.2}x")).collect();
    Promise { about, text, most, measured, broken_by }
}
