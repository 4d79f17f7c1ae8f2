//! A process is forked again and again while its threads record, make series, and read. Each child
//! records and reads, and must neither hang nor lose what was recorded before.
#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use typed_metrics::{Label, Metrics, Snapshot, Value, fork_guard, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "forked")]
enum Forked {
    #[counter]
    Fixed { even: bool },
    #[counter]
    Open { id: u64 },
    #[histogram(buckets = linear(1, 1, 20))]
    Time { even: bool },
    #[up_down_counter]
    Inside,
    /// Interned, recorded and removed all the time.
    #[counter(series_limit = 20)]
    Churn { id: u64 },
    /// Each series of these two metrics takes one of the 512 segments of the memory budget.
    #[histogram(buckets = linear(1, 1, 256), positional)]
    Large { a: Eight, b: Eight, c: Seven },
    #[histogram(buckets = linear(1, 1, 256))]
    Wide { id: u64 },
    /// Only children record in it.
    #[counter]
    New { id: u64 },
    /// Made when the memory budget is used up, so all threads share the cells.
    #[counter(value = f64)]
    Shared { id: u64 },
    #[histogram(buckets = linear(1, 1, 20))]
    SharedTime { id: u64 },
}

#[derive(Label)]
#[allow(dead_code, reason = "only their number matters")]
enum Eight {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
}

#[derive(Label)]
#[allow(dead_code, reason = "only their number matters")]
enum Seven {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
}

const CHILDREN: usize = 300;

/// The test ends early if so many children hang.
const MOST_HUNG: usize = 3;

/// What every thread, and every child, records.
fn record(round: u64) {
    Forked::fixed(round.is_multiple_of(2)).inc();
    Forked::open(round % 7).inc();
    Forked::time(round.is_multiple_of(2)).record(round % 20);
    drop(Forked::inside().enter());
    Forked::shared(round % 3).add(0.5);
    Forked::shared_time(round % 3).record(round % 20);
}

/// The number of measurements by metric.
fn counts(snapshot: &Snapshot) -> [f64; 5] {
    ["fixed", "open", "time", "shared", "shared_time"].map(|name| {
        let metric = snapshot.get(&format!("forked.{name}")).unwrap();
        let count = |value: &Value| match value.as_histogram() {
            Some(histogram) => {
                assert_eq!(histogram.count, histogram.buckets.iter().sum::<u64>());
                histogram.count as f64
            }
            None => value.as_f64(),
        };
        metric.series.iter().map(|series| count(&series.value)).sum()
    })
}

/// Runs in a child, which must not print: another thread may have locked standard output.
fn child(before: [f64; 5]) {
    let inherited = counts(&snapshot());
    assert!(inherited.iter().zip(before).all(|(now, before)| *now >= before));
    let rounds = 40;
    (0..rounds).for_each(record);
    for _ in 0..3 {
        Forked::new(7).inc();
    }
    thread::spawn(move || {
        record(1);
        Forked::churn(u64::MAX).inc();
        Forked::churn(u64::MAX).remove();
    })
    .join()
    .unwrap();
    let snapshot = snapshot();
    let each = (rounds + 1) as f64;
    let recorded = [each, each, each, 0.5 * each, each];
    for ((now, before), recorded) in counts(&snapshot).into_iter().zip(inherited).zip(recorded) {
        assert_eq!(now - before, recorded);
    }
    let new = snapshot.get("forked.new").unwrap();
    assert_eq!(new.series_with(&[("id", "7")]).unwrap().value.as_f64(), 3.0);
}

/// Whether the child ended well; `None` if it hung.
fn wait(pid: Pid) -> Option<bool> {
    let began = Instant::now();
    loop {
        match waitpid(pid, Some(WaitPidFlag::WNOHANG)).unwrap() {
            WaitStatus::StillAlive if began.elapsed() < Duration::from_secs(10) => {
                thread::sleep(Duration::from_millis(1));
            }
            WaitStatus::StillAlive => {
                kill(pid, Signal::SIGKILL).unwrap();
                waitpid(pid, None).unwrap();
                return None;
            }
            status => return Some(status == WaitStatus::Exited(pid, 0)),
        }
    }
}

#[test]
fn children_record_and_read_whatever_the_threads_of_the_parent_do() {
    (0..20).for_each(|id| {
        Forked::fixed(true).inc();
        Forked::time(true).record(id % 20);
        drop(Forked::inside().enter());
        Forked::open(id % 7).inc();
        Forked::churn(id).inc();
    });
    Forked::large(Eight::A, Eight::A, Seven::A).record(1_u64);
    (0..64).for_each(|id| Forked::wide(id).record(1_u64));
    let ended = AtomicBool::new(false);
    let rounds = || (0_u64..).take_while(|_| !ended.load(Relaxed));
    let (mut hung, mut failed) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| rounds().for_each(record));
        scope.spawn(|| {
            for id in rounds() {
                Forked::churn(id).inc();
                Forked::churn(id.saturating_sub(10)).remove();
                // A thread that ends.
                thread::spawn(move || record(id)).join().unwrap();
            }
        });
        scope.spawn(|| rounds().for_each(|_| drop(snapshot())));
        for _ in 0..CHILDREN {
            if hung == MOST_HUNG {
                break;
            }
            let before = counts(&snapshot());
            let guard = fork_guard();
            match unsafe { fork() }.unwrap() {
                ForkResult::Child => {
                    drop(guard);
                    std::panic::set_hook(Box::new(|_| {}));
                    let is_well = catch_unwind(AssertUnwindSafe(|| child(before))).is_ok();
                    unsafe { nix::libc::_exit(i32::from(!is_well)) }
                }
                ForkResult::Parent { child } => {
                    drop(guard);
                    match wait(child) {
                        None => hung += 1,
                        Some(is_well) => failed += usize::from(!is_well),
                    }
                }
            }
        }
        ended.store(true, Relaxed);
    });
    assert_eq!((hung, failed), (0, 0), "children that hung, that failed");
}
