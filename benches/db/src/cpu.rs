//! The CPU that this process has.

use std::fs;
use std::thread;

/// The field of `/proc/self/stat` with the scheduling policy, counted from the end of the name.
const POLICY: usize = 38;
const BATCH: &str = "3";

/// Fails unless the process has one CPU, and the policy under which a thread that is woken waits
/// until the other one sleeps. Otherwise a query switches between its two threads at whim, which
/// costs more than a measurement.
pub fn check() {
    let cpus = thread::available_parallelism().expect("the CPUs of this process");
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let policy = stat.rsplit(") ").next().and_then(|fields| fields.split(' ').nth(POLICY));
    assert!(
        cpus.get() == 1 && policy == Some(BATCH),
        "the process has {cpus} CPUs and the scheduling policy {policy:?}, which hide the cost of \
         a measurement; start it with `just queries`, by `chrt --batch 0 taskset --cpu-list 0`"
    );
}
