//! Where the cost could jump: many live series, series over the limit, removal, ended threads:
//! `cargo bench -p typed-metrics-core --bench cliffs`.
//!
//! Each figure is a ratio within one run, beside the ratio that the project promises. Times are CPU
//! times of the recording threads. Every case alternates with its yardstick, and each figure is the
//! best of several rounds.

// Generated code names the facade, and this crate cannot depend on the facade.
extern crate typed_metrics_core as typed_metrics;

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use cpu_time::ThreadTime;
use typed_metrics_derive::Metrics;

#[derive(Clone, Copy, Metrics)]
#[metrics(prefix = "cliffs")]
enum Cliffs<'a> {
    /// Many live series with a number as their label.
    #[counter(series_limit = 60000)]
    Number { id: u32 },
    /// Many live series with a text as their label.
    #[counter(series_limit = 60000)]
    Text { route: &'a str },
    /// A full table.
    #[counter(series_limit = 1000)]
    Full { id: u32 },
    /// Removed series.
    #[counter(series_limit = 2000)]
    Removed { id: u32 },
    /// Histograms that many threads record.
    #[histogram(series_limit = 1000, buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])]
    Ended { id: u32 },
}

const ROUNDS: usize = 7;
const OPERATIONS: u32 = 1_000_000;

fn main() {
    // `cargo test --benches` only checks that the program starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // First, because it compares the memory of the process.
    ended_threads();
    live_series();
    over_the_limit();
    removed_series();
}

/// The cost of 1000 threads after they have ended, relative to one thread.
fn ended_threads() {
    println!("1000 threads with 1000 histograms, after they have ended, relative to one thread:");
    let threads = |count: usize| {
        let barrier = Barrier::new(count);
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| {
                    (0..1_000).for_each(|id| Cliffs::ended(id).record(id));
                    barrier.wait();
                });
            }
        });
    };
    let snapshot = || {
        let times = (0..ROUNDS).map(|_| {
            let start = Instant::now();
            black_box(typed_metrics::snapshot());
            start.elapsed().as_secs_f64()
        });
        times.fold(f64::INFINITY, f64::min)
    };
    let start = resident();
    threads(1);
    let (time, memory) = (snapshot(), resident() - start);
    for (name, at_once) in [("in tens", 10), ("all at once", 1_000)] {
        for _ in 0..1_000 / at_once {
            threads(at_once);
            black_box(typed_metrics::snapshot());
        }
        line(&format!("a snapshot, {name}"), snapshot() / time, 2.0);
        line(&format!("memory, {name}"), (resident() - start) / memory, 2.0);
    }
    println!();
}

/// The memory of this process in bytes; NaN where it is unknown.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(f64::NAN, |pages: f64| pages * 4096.0)
}

/// The cost of a record, and its tail, by the number of live series.
fn live_series() {
    let routes: Vec<String> = (0..50_000).map(|i| format!("/api/v1/resource-{i}")).collect();
    println!("live series, by the number of series:");
    for threads in [1, 4] {
        for (kind, most) in [("number", [1.5, 3.0]), ("text", [1.5, 3.0])] {
            let record = |i: u32| match kind {
                "number" => Cliffs::number(black_box(i)).inc(),
                _ => Cliffs::text(black_box(routes[i as usize].as_str())).inc(),
            };
            let cases = [1_000, 9_000, 50_000].map(|live| move |i: u32| record(i % live));
            let [few, more, many] = costs(threads, &cases.each_ref().map(|case| case as _));
            for (live, cost, most) in [(9_000, more, most[0]), (50_000, many, most[1])] {
                let name = format!("{live} of a {kind}, {threads} threads ({cost:.0} ns)");
                line(&name, cost / few, most);
            }
        }
    }
    let [few, more] = [1_000, 9_000].map(|live| {
        let tail = |_| tail(|i| Cliffs::number(black_box(i % live)).inc());
        (0..ROUNDS).map(tail).fold(f64::INFINITY, f64::min)
    });
    line(&format!("p99.99 at 9000 ({more:.0} ns)"), more / few, 4.0);
}

/// The cost of a record over the series limit.
fn over_the_limit() {
    println!("\nover the series limit of 1000, relative to a record within the limit:");
    (0..1_000).for_each(|id| Cliffs::full(id).inc());
    for threads in [1, 4] {
        let within = |i: u32| Cliffs::full(black_box(i % 1_000)).inc();
        let over = |i: u32| Cliffs::full(black_box(1_000 + i % 1_000)).inc();
        // A label that was never used before, as when a client chooses it.
        let new = |i: u32| Cliffs::full(black_box(1_000 + i)).inc();
        let [within, over, new] = costs(threads, &[&within, &over, &new]);
        line(&format!("again and again, {threads} threads ({over:.0} ns)"), over / within, 1.5);
        line(&format!("always new, {threads} threads ({new:.0} ns)"), new / within, 1.5);
    }
}

/// The time in which a series is removed and a new one takes its place, among removed series.
fn removed_series() {
    println!("\na removal and a new series among 2000 removed ones, in microseconds:");
    let mut live: Vec<u32> = (0..2_000).collect();
    let mut next = 2_000;
    for (name, come_back) in [("none came back", false), ("all came back", true)] {
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            live.iter().for_each(|id| Cliffs::removed(*id).inc());
            live.iter().for_each(|id| Cliffs::removed(*id).remove());
            if come_back {
                live.iter().for_each(|id| Cliffs::removed(*id).inc());
            }
            let last = Cliffs::removed(live.pop().expect("there are 2000"));
            live.push(next);
            let start = Instant::now();
            last.remove();
            Cliffs::removed(next).inc();
            best = best.min(start.elapsed().as_secs_f64() * 1e6);
            next += 1;
        }
        line(name, best, 20.0);
    }
}

fn line(name: &str, ratio: f64, most: f64) {
    let verdict = if ratio <= most { "kept:" } else { "MISSED:" };
    println!("  {name:<50} {ratio:>8.2}   {verdict} at most {most}");
}

/// The CPU nanoseconds of each operation when `threads` threads run it. An operation gets the
/// number of its call.
fn costs<const N: usize>(threads: usize, operations: &[&(dyn Fn(u32) + Sync); N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    let barrier = &Barrier::new(threads);
    let work = move |operation: &(dyn Fn(u32) + Sync)| {
        // Warms up the caches of the thread.
        (0..50_000).for_each(operation);
        barrier.wait();
        let start = ThreadTime::now();
        (0..OPERATIONS).for_each(operation);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(OPERATIONS)
    };
    for _ in 0..ROUNDS {
        for (best, operation) in best.iter_mut().zip(operations) {
            let cost = std::thread::scope(|scope| {
                let all: Vec<_> =
                    (0..threads).map(|_| scope.spawn(move || work(*operation))).collect();
                let all = all.into_iter().map(|thread| thread.join().expect("no panic"));
                all.sum::<f64>() / threads as f64
            });
            *best = best.min(cost);
        }
    }
    best
}

/// The time that one of 10,000 operations takes longer than all others, in nanoseconds.
fn tail(operation: impl Fn(u32)) -> f64 {
    (0..50_000).for_each(&operation);
    let mut times: Vec<u128> = (0..OPERATIONS)
        .map(|i| {
            let start = Instant::now();
            operation(i);
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times[(OPERATIONS - OPERATIONS / 10_000) as usize] as f64
}
