//! The cost of a measured task, beside `TaskMonitor` of tokio-metrics, in one run.
//!
//! A future that wakes itself is polled by hand, and so is one that is woken between its polls;
//! tasks that yield run on a runtime of two workers. All are done without a measurement and with
//! each crate's, in each round, in an order that every second round reverses; the time is the
//! median of the rounds, and CPU time. The cost is the time beyond that of the same future without
//! a measurement.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use cpu_time::{ProcessTime, ThreadTime};
use tokio::runtime::{Builder, Runtime};
use tokio_metrics::TaskMonitor;
use typed_metrics::tokio::Task;

const ROUNDS: usize = 31;
/// Polls of a round.
const POLLS: usize = 200_000;
/// Tasks that are alive at once, in a runtime.
const TASKS: usize = 100;
/// The cost is at most that of the other crate.
const PROMISE: f64 = 1.0;

/// The crate that measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measuring {
    Nothing,
    Ours,
    Other,
}

const ALL: [Measuring; 3] = [Measuring::Nothing, Measuring::Ours, Measuring::Other];

impl Measuring {
    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "not measured",
            Self::Ours => "typed-metrics",
            Self::Other => "tokio-metrics",
        }
    }
}

/// A future that wakes itself so many times.
fn yielding(times: usize) -> impl Future<Output = ()> + Send + 'static {
    let mut left = times;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

/// A future that waits so many times, and leaves its waker.
fn waiting(times: usize, left_waker: &RefCell<Waker>) -> impl Future<Output = ()> {
    let mut left = times;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        left_waker.borrow_mut().clone_from(context.waker());
        Poll::Pending
    })
}

/// A waker that a runtime would give: one that is counted.
struct Woken;

impl Wake for Woken {
    fn wake(self: Arc<Self>) {}
}

/// The nanoseconds of a poll by hand. `between` runs between two polls.
fn by_hand(future: impl Future<Output = ()>, between: impl Fn()) -> f64 {
    let waker = Waker::from(Arc::new(Woken));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let start = ThreadTime::now();
    while future.as_mut().poll(&mut context).is_pending() {
        between();
    }
    start.elapsed().as_nanos() as f64 / POLLS as f64
}

/// The nanoseconds of a poll of tasks in a runtime, of all threads together.
fn in_runtime<F>(runtime: &Runtime, future: impl Fn(usize) -> F) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    let start = ProcessTime::now();
    let tasks: Vec<_> = (0..TASKS).map(|_| runtime.spawn(future(POLLS / TASKS))).collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.expect("does not panic");
        }
    });
    start.elapsed().as_nanos() as f64 / POLLS as f64
}

/// Prints the medians of all rounds, and returns whether the promise is kept.
fn compare(title: &str, run: impl Fn(Measuring) -> f64) -> bool {
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        let mut order: Vec<usize> = (0..ALL.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for i in order {
            times[i].push(run(ALL[i]));
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let [bare, ours, other] = times.each_mut().map(median);
    let ratio = (ours - bare) / (other - bare);
    println!("{title:<44}{:>8}{:>9}", "poll", "cost");
    for (measuring, time) in ALL.into_iter().zip([bare, ours, other]) {
        println!("{:<44}{time:>5.0} ns{:>6.0} ns", measuring.name(), time - bare);
    }
    let kept = ratio <= PROMISE;
    let word = if kept { "kept" } else { "MISSED" };
    println!("typed-metrics / tokio-metrics: {ratio:.2}x   {word}: at most {PROMISE}x\n");
    kept
}

fn main() {
    let task = Task::new("bench");
    let monitor = TaskMonitor::new();
    let hand = compare("a future polled by hand, ns", |measuring| match measuring {
        Measuring::Nothing => by_hand(yielding(POLLS), || ()),
        Measuring::Ours => by_hand(task.measured(yielding(POLLS)), || ()),
        Measuring::Other => by_hand(monitor.instrument(yielding(POLLS)), || ()),
    });
    let waker = RefCell::new(Waker::noop().clone());
    let wake = || waker.borrow().wake_by_ref();
    let woken = compare("a future woken between its polls, ns", |measuring| match measuring {
        Measuring::Nothing => by_hand(waiting(POLLS, &waker), wake),
        Measuring::Ours => by_hand(task.measured(waiting(POLLS, &waker)), wake),
        Measuring::Other => by_hand(monitor.instrument(waiting(POLLS, &waker)), wake),
    });
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("starts");
    let tasks = compare("tasks on two workers, ns of CPU time", |measuring| match measuring {
        Measuring::Nothing => in_runtime(&runtime, yielding),
        Measuring::Ours => in_runtime(&runtime, |times| task.measured(yielding(times))),
        Measuring::Other => in_runtime(&runtime, |times| monitor.instrument(yielding(times))),
    });
    // Both have counted the same polls.
    let snapshot = typed_metrics::snapshot();
    let metric = snapshot.get("tokio.task.poll.duration").expect("is declared");
    let counts = metric.series.iter().filter_map(|series| series.value.as_histogram());
    let polls: u64 = counts.map(|histogram| histogram.count).sum();
    assert_eq!(polls, monitor.cumulative().total_poll_count);
    if !(hand && woken && tasks) {
        std::process::exit(1);
    }
}
