//! One case: a process that records and exports.

use std::thread::sleep;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use crate::{COUNTERS, HISTOGRAMS, encoding, ours, sdk};

/// How long a case runs before it is measured, and how long it is measured.
const WARM_UP: Duration = Duration::from_millis(2500);
const MEASURED: Duration = Duration::from_secs(8);

/// Records in the metrics of one library.
pub(crate) trait Recorder {
    fn count(&self, id: u32);
    fn record(&self, id: u32, value: f64);
    fn record_hot(&self, value: f64);
}

/// Runs a case, and prints its costs: CPU times in ns, and the peak memory in KiB.
pub(crate) fn run(case: &str, endpoint: &str) {
    match case {
        "ours many" => many(&ours::exporting(endpoint, false), 1),
        "sdk many" => many(&sdk::exporting(endpoint, false), 1),
        "ours few" => many(&ours::exporting(endpoint, true), 100),
        "sdk few" => many(&sdk::exporting(endpoint, true), 100),
        "sdk delta" => many(&sdk::exporting(endpoint, true), 1),
        "ours hot" => hot(&ours::exporting(endpoint, false)),
        "sdk hot" => hot(&sdk::exporting(endpoint, false)),
        "ours encoding" => println!("{}", encoding::ours(endpoint)),
        "sdk encoding" => println!("{}", encoding::sdk()),
        other => panic!("no case `{other}`"),
    }
}

/// Records in all series, and then ten times a second in one of `step`.
fn many(recorder: &impl Recorder, step: usize) {
    let round = |step: usize| {
        (0..COUNTERS).step_by(step).for_each(|id| recorder.count(id));
        (0..HISTOGRAMS).step_by(step).for_each(|id| recorder.record(id, f64::from(id % 600)));
    };
    round(1);
    paced(Duration::from_millis(100), || round(step));
}

/// Records five million values a second in one histogram.
fn hot(recorder: &impl Recorder) {
    paced(Duration::from_millis(10), || {
        (0..50_000_u32).for_each(|i| recorder.record_hot(f64::from(i % 600)));
    });
}

/// Runs `work` once in each `period`, and prints the costs of the time that is measured.
fn paced(period: Duration, mut work: impl FnMut()) {
    let mut next = Instant::now();
    let mut run_for = |time: Duration| {
        let end = Instant::now() + time;
        while next < end {
            work();
            next += period;
            sleep(next.saturating_duration_since(Instant::now()));
        }
    };
    run_for(WARM_UP);
    let (process, thread) = (ProcessTime::now(), ThreadTime::now());
    run_for(MEASURED);
    let (process, thread) = (process.elapsed(), thread.elapsed());
    println!("{} {} {}", process.as_nanos(), thread.as_nanos(), peak_memory());
}

/// The peak of the resident memory in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
