//! The cost of the macros of the crate `metrics` with two recorders, in one run.
//!
//! Each round times both recorders, one right after the other, so that a change of the machine's
//! speed changes both. A line has the medians and the median of the rounds' ratios. The promise is
//! at most 0.6 of the other recorder's time. Prints which lines break it, and then fails.
//!
//! A third recorder does nothing, so its time is that of the macros and of the call, which no
//! recorder can save. The last column compares the medians of both beyond that. Where the call
//! alone takes longer than promised, no recorder can keep the promise, so the line breaks nothing.
//!
//! `cargo run --release --manifest-path benches/bridge/Cargo.toml`

mod nothing;

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use metrics::{Recorder, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use typed_metrics_bridge::MetricsRecorder;

use nothing::Nothing;

/// The most that this recorder may cost, as a share of the other's time.
const PROMISE: f64 = 0.6;

const ROUNDS: usize = 15;

const BOUNDARIES: [f64; 8] = [0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

/// A way of recording.
struct Case {
    name: &'static str,
    /// The calls of one thread in a round.
    calls: u32,
    /// Records `calls` times.
    run: fn(u32),
}

const CASES: [Case; 6] = [
    Case {
        name: "counter!, 2 fixed labels",
        calls: 200_000,
        run: |calls| {
            for _ in 0..calls {
                counter!("requests", "method" => "get", "status" => "200").increment(1);
            }
        },
    },
    Case {
        name: "counter!, a label of 8 values",
        calls: 100_000,
        run: |calls| {
            const ROUTES: [&str; 8] = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"];
            for i in 0..calls as usize {
                counter!("routed", "route" => ROUTES[i % 8], "method" => "get").increment(1);
            }
        },
    },
    Case {
        name: "counter, cached handle",
        calls: 500_000,
        run: |calls| {
            let handle = counter!("cached", "method" => "get", "status" => "200");
            for _ in 0..calls {
                black_box(&handle).increment(1);
            }
        },
    },
    Case {
        name: "gauge!, set",
        calls: 200_000,
        run: |calls| {
            for i in 0..calls {
                gauge!("level", "pool" => "main").set(f64::from(i));
            }
        },
    },
    Case {
        name: "histogram!, 2 fixed labels",
        calls: 100_000,
        run: |calls| {
            for i in 0..calls {
                let value = f64::from(i % 100) / 10.0;
                histogram!("wait", "method" => "get", "status" => "200").record(value);
            }
        },
    },
    Case {
        name: "histogram, cached handle",
        calls: 100_000,
        run: |calls| {
            let handle = histogram!("cached_wait", "method" => "get");
            for i in 0..calls {
                black_box(&handle).record(f64::from(i % 100) / 10.0);
            }
        },
    },
];

/// The time of one call when this many threads record at the same time, in nanoseconds.
fn time(recorder: &(dyn Recorder + Sync), case: &Case, threads: usize) -> f64 {
    let barrier = Barrier::new(threads);
    let work = || {
        with_local_recorder(recorder, || {
            // The series exists, and this thread has found it.
            (case.run)(100);
            barrier.wait();
            let start = Instant::now();
            (case.run)(case.calls);
            start.elapsed()
        })
    };
    let total: Duration = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().expect("it only records")).sum()
    });
    total.as_secs_f64() * 1e9 / f64::from(case.calls) / threads as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() -> ExitCode {
    let ours = MetricsRecorder::builder().buckets(BOUNDARIES).build().expect("valid buckets");
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDARIES).expect("valid buckets");
    let theirs = builder.build_recorder();
    let handle = theirs.handle();

    println!(
        "{:<32}{:>8}{:>12}{:>12}{:>8}{:>12}{:>8}",
        "ns a call", "threads", "here", "exporter", "ratio", "nothing", "beyond"
    );
    let mut broken = Vec::new();
    for case in &CASES {
        for threads in [1, 4] {
            let (mut here, mut there, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            let mut nothing = Vec::new();
            for _ in 0..ROUNDS {
                let ours = time(&ours, case, threads);
                let theirs = time(&theirs, case, threads);
                // Otherwise its histograms keep every value.
                handle.run_upkeep();
                nothing.push(time(&Nothing, case, threads));
                here.push(ours);
                there.push(theirs);
                ratios.push(ours / theirs);
            }
            let (here, there, ratio) = (median(here), median(there), median(ratios));
            let nothing = median(nothing);
            // Nothing is left to compare where the exporter is as fast as nothing.
            let beyond = match there - nothing {
                left if left > 0.0 => format!("{:.2}", (here - nothing) / left),
                _ => "-".to_owned(),
            };
            println!(
                "{:<32}{threads:>8}{here:>12.1}{there:>12.1}{ratio:>8.2}{nothing:>12.1}{beyond:>8}",
                case.name
            );
            // The promise cannot be kept where the call alone takes longer.
            if ratio > PROMISE && nothing <= PROMISE * there {
                broken.push(format!("{} with {threads} threads: {ratio:.2}", case.name));
            }
        }
    }
    if broken.is_empty() {
        println!("kept: at most {PROMISE} of the exporter's recorder");
        return ExitCode::SUCCESS;
    }
    println!("broken: at most {PROMISE} of the exporter's recorder: {}", broken.join("; "));
    ExitCode::FAILURE
}
