//! The time of a collection that reads the metrics, and of a collection right after it that does
//! not.

use std::thread;
use std::time::{Duration, Instant};

use typed_metrics_core::snapshot;
use typed_metrics_system::{Set, install};

const ROUNDS: usize = 25;

fn main() {
    println!("median of {ROUNDS}            reads   right after   series");
    row("nothing installed");
    for set in [Set::Basic, Set::Full] {
        if let Err(unavailable) = install(set) {
            println!("{unavailable}");
        }
        row(&format!("{set:?}"));
    }
}

fn row(what: &str) {
    let timed = || {
        let start = Instant::now();
        let snapshot = snapshot();
        (start.elapsed(), snapshot.metrics.iter().map(|metric| metric.series.len()).sum::<usize>())
    };
    let (mut anew, mut after, mut series) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        thread::sleep(Duration::from_millis(205));
        anew.push(timed().0);
        let (elapsed, count) = timed();
        after.push(elapsed);
        series = count;
    }
    let [anew, after] = [anew, after].map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_nanos() as f64 / 1000.0
    });
    println!("{what:<20} {anew:>9.1} µs {after:>10.1} µs {series:>8}");
}
