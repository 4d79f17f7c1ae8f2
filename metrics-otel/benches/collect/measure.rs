//! Measuring the cost of a record, and comparing a ratio with the promise.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// The promise of at most this ratio, and whether it is kept.
pub(crate) fn promise(ratio: f64, most: f64) -> String {
    format!("at most {most}x: {}", verdict(ratio <= most))
}

pub(crate) fn verdict(is_kept: bool) -> &'static str {
    if is_kept { "kept" } else { "MISSED" }
}

/// CPU time of an operation in ns, as the average over threads that all run it for the given time.
pub(crate) fn cost(threads: usize, long: Duration, operation: &(impl Fn(u32) + Sync)) -> f64 {
    const BATCH: u32 = 20_000;
    let barrier = Barrier::new(threads);
    let costs: Vec<f64> = std::thread::scope(|scope| {
        let run = || {
            (0..BATCH).for_each(operation);
            barrier.wait();
            let (begin, start) = (Instant::now(), ThreadTime::now());
            let mut batches = 0_u32;
            while begin.elapsed() < long {
                (0..BATCH).for_each(operation);
                batches += 1;
            }
            start.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH) / f64::from(batches)
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        workers.into_iter().map(|worker| worker.join().expect("it only counts")).collect()
    });
    costs.iter().sum::<f64>() / threads as f64
}
