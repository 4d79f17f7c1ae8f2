//! Compares typed-metrics with other crates in one run. Each crate is used as its documentation
//! recommends:
//!
//! ```console
//! $ cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! Each crate does three jobs, with one thread and with four threads on the same series: a counter
//! with two labels of few values, a counter with a status and one of 18 routes, and a histogram
//! with 8 buckets and one label. Times are CPU times of the recording thread, the best of several
//! rounds.

mod peers;

use std::hint::black_box;
use std::sync::Barrier;

use cpu_time::ThreadTime;
use peers::{METHODS, OUTCOMES, ROUTES};

const ROUNDS: usize = 5;
const OPERATIONS: usize = 1_000_000;

/// A crate and its operation for one job.
struct Peer {
    name: &'static str,
    fixed: Option<Box<dyn Fn(usize, usize) + Sync>>,
    open: Option<Box<dyn Fn(u16, &str) + Sync>>,
    histogram: Option<Box<dyn Fn(usize, f64) + Sync>>,
}

fn main() {
    let all = peers::all();
    table("counter, two labels of few values", &all, |peer| {
        let record = peer.fixed.as_ref()?;
        Some(both(|i| record(black_box(i % METHODS.len()), black_box(i % OUTCOMES.len()))))
    });
    table("counter, status and route", &all, |peer| {
        let record = peer.open.as_ref()?;
        Some(both(|i| record(black_box(200), black_box(ROUTES[i % ROUTES.len()]))))
    });
    table("histogram, 8 buckets, one label", &all, |peer| {
        let record = peer.histogram.as_ref()?;
        Some(both(|i| record(black_box(i % METHODS.len()), black_box((i % 1200) as f64))))
    });
}

fn table(job: &str, all: &[Peer], measure: impl Fn(&Peer) -> Option<(f64, f64)>) {
    println!("{job}\n{:<44} {:>10} {:>11} {:>18}", "", "1 thread", "4 threads", "ours is");
    let mut own = None;
    for peer in all {
        let Some((one, four)) = measure(peer) else { continue };
        let (own_one, own_four) = *own.get_or_insert((one, four));
        println!(
            "{:<44} {one:>7.1} ns {four:>8.1} ns {:>7.2}x {:>8.2}x",
            peer.name,
            own_one / one,
            own_four / four
        );
    }
    println!();
}

fn both(operation: impl Fn(usize) + Sync) -> (f64, f64) {
    (cost(1, &operation), cost(4, &operation))
}

/// The CPU time of an operation in nanoseconds, with this number of threads.
fn cost(threads: usize, operation: &(impl Fn(usize) + Sync)) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let barrier = Barrier::new(threads);
        let barrier = &barrier;
        std::thread::scope(|scope| {
            let work = move || {
                (0..1000).for_each(operation);
                barrier.wait();
                let start = ThreadTime::now();
                (0..OPERATIONS).for_each(operation);
                start.elapsed().as_secs_f64() * 1e9 / OPERATIONS as f64
            };
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let all = all.into_iter().map(|thread| thread.join().expect("no panic"));
            all.sum::<f64>() / threads as f64
        })
    });
    rounds.fold(f64::INFINITY, f64::min)
}
