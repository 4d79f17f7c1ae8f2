//! Measured futures and blocking work.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{spawn_blocking, yield_now};
use typed_metrics_core::{HistogramSnapshot, Outcome, snapshot};
use typed_metrics_tokio::{Task, measured};

fn histogram(metric: &str, labels: &[(&str, &str)]) -> Option<HistogramSnapshot> {
    let snapshot = snapshot();
    let series = snapshot.get(&format!("tokio.task.{metric}")).unwrap().series_with(labels)?;
    series.value.as_histogram().cloned()
}

/// The times of a task, without any if nothing was recorded.
#[derive(Debug, Default)]
struct Times {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
}

fn of_task(metric: &str, task: &str) -> Times {
    let times = histogram(metric, &[("tokio.task.name", task)]);
    let times = times.map(|times| (times.count, times.sum, times.min, times.max));
    times.map(|(count, sum, min, max)| Times { count, sum, min, max }).unwrap_or_default()
}

/// The time of the tasks that returned.
fn whole(task: &str) -> f64 {
    histogram("duration", &[("tokio.task.name", task), ("outcome", "ok")]).unwrap().sum
}

/// How often a task ended so.
fn ended(task: &str, outcome: Outcome) -> u64 {
    let labels = [("tokio.task.name", task), ("outcome", outcome.as_str())];
    histogram("duration", &labels).map_or(0, |durations| durations.count)
}

fn number(metric: &str, task: &str) -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get(&format!("tokio.task.{metric}")).unwrap();
    metric.series_with(&[("tokio.task.name", task)]).map_or(0.0, |series| series.value.as_f64())
}

fn of_one_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// Keeps the thread busy.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn polls_are_counted_and_timed() {
    of_one_thread().block_on(async {
        tokio::spawn(measured("polls", async {
            spin(Duration::from_millis(20));
            yield_now().await;
            spin(Duration::from_millis(30));
        }))
        .await
        .unwrap();
    });
    let polls = of_task("poll.duration", "polls");
    assert_eq!(polls.count, 2);
    assert!(polls.min >= 0.02 && polls.max >= 0.03 && polls.sum >= 0.05, "{polls:?}");
    // The parts of the time of a task do not overlap. Sums of floats are rounded, by less than the
    // nanosecond that clocks tell apart.
    let parts = ["first_poll.delay", "poll.duration", "idle.duration", "schedule.delay"];
    let parts: f64 = parts.into_iter().map(|part| of_task(part, "polls").sum).sum();
    assert!(parts <= whole("polls") + 1e-9, "{parts} s");
    assert_eq!(number("slow_polls", "polls"), 2.0);
    assert_eq!(ended("polls", Outcome::Ok), 1);
    assert_eq!(number("active", "polls"), 0.0);
}

#[test]
fn the_limit_of_slow_polls_is_settable() {
    let task = Task::new("limit").slow_polls_over(Duration::from_secs(60));
    of_one_thread().block_on(task.measured(async { spin(Duration::from_millis(1)) }));
    assert_eq!(of_task("poll.duration", "limit").count, 1);
    assert_eq!(number("slow_polls", "limit"), 0.0);
}

#[test]
fn the_delay_of_a_spawn_is_apart_from_other_delays() {
    of_one_thread().block_on(async {
        let task = tokio::spawn(measured("spawned", async {}));
        spin(Duration::from_millis(30));
        task.await.unwrap();
    });
    let delay = of_task("first_poll.delay", "spawned");
    assert_eq!(delay.count, 1);
    assert!(delay.sum >= 0.03, "{delay:?}");
    assert_eq!(of_task("schedule.delay", "spawned").count, 0);
    assert_eq!(of_task("idle.duration", "spawned").count, 0);
}

#[test]
fn a_task_that_waits_is_idle_until_the_wake_and_delayed_until_the_poll() {
    of_one_thread().block_on(async {
        let (send, receive) = oneshot::channel::<()>();
        let task = tokio::spawn(measured("waits", receive));
        yield_now().await;
        assert_eq!(number("active", "waits"), 1.0);
        // Idle: nothing has come.
        thread::sleep(Duration::from_millis(40));
        send.send(()).unwrap();
        // Delayed: woken, but the only worker is busy.
        spin(Duration::from_millis(20));
        task.await.unwrap().unwrap();
    });
    let (idle, delay) = (of_task("idle.duration", "waits"), of_task("schedule.delay", "waits"));
    assert_eq!((idle.count, delay.count), (1, 1));
    assert!(idle.sum >= 0.04, "{idle:?}");
    assert!(delay.sum >= 0.02, "{delay:?}");
    assert!(idle.sum + delay.sum <= whole("waits"), "{idle:?} {delay:?}");
}

#[test]
fn a_waker_that_is_kept_from_an_earlier_poll_delays_from_its_own_wake() {
    of_one_thread().block_on(async {
        let (send, receive) = std::sync::mpsc::channel();
        let mut polls = 0;
        let task = tokio::spawn(measured(
            "kept waker",
            poll_fn(move |context| {
                polls += 1;
                // Only the first poll gives its waker away.
                if polls == 1 {
                    send.send(context.waker().clone()).unwrap();
                }
                if polls == 3 { Poll::Ready(()) } else { Poll::Pending }
            }),
        ));
        yield_now().await;
        let kept = receive.try_recv().unwrap();
        kept.wake_by_ref();
        yield_now().await;
        // The second poll is over. Idle until the same waker is used again.
        thread::sleep(Duration::from_millis(40));
        kept.wake_by_ref();
        spin(Duration::from_millis(20));
        task.await.unwrap();
    });
    assert_eq!(of_task("poll.duration", "kept waker").count, 3);
    let [idle, delay] = ["idle.duration", "schedule.delay"].map(|of| of_task(of, "kept waker"));
    assert_eq!((idle.count, delay.count), (2, 2));
    assert!(idle.max >= 0.04 && delay.max >= 0.02, "{idle:?} {delay:?}");
    assert!(idle.sum + delay.sum <= whole("kept waker") + 1e-9, "{idle:?} {delay:?}");
}

#[test]
fn a_wake_during_a_poll_waits_for_its_end() {
    of_one_thread().block_on(async {
        let mut polls = 0;
        tokio::spawn(measured(
            "wakes itself",
            poll_fn(move |context| {
                polls += 1;
                if polls == 3 {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                spin(Duration::from_millis(30));
                Poll::Pending
            }),
        ))
        .await
        .unwrap();
    });
    let delay = of_task("schedule.delay", "wakes itself");
    let idle = of_task("idle.duration", "wakes itself");
    assert_eq!((delay.count, idle.count), (2, 2));
    // The rest of the poll, 30 ms, is no delay.
    let polls = of_task("poll.duration", "wakes itself");
    assert!(polls.sum >= 0.06);
    assert!(polls.sum + delay.sum <= whole("wakes itself"), "{polls:?} {delay:?}");
    assert_eq!(idle.sum, 0.0);
}

#[test]
fn a_poll_that_another_future_caused_has_no_delay() {
    of_one_thread().block_on(async {
        let other = async {
            for _ in 0..3 {
                yield_now().await;
            }
        };
        let (send, receive) = oneshot::channel::<()>();
        let both = join(measured("beside", receive), async {
            other.await;
            send.send(()).unwrap();
        });
        both.await.0.unwrap();
    });
    assert!(of_task("poll.duration", "beside").count >= 4);
    // The message is the only wake.
    assert_eq!(of_task("schedule.delay", "beside").count, 1);
}

#[test]
fn many_wakes_before_a_poll_are_one() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let messages = 10_000;
    let received = runtime.block_on(async {
        let (send, mut receive) = mpsc::unbounded_channel();
        let task = tokio::spawn(measured("messages", async move {
            let mut received = 0;
            while receive.recv().await.is_some() {
                received += 1;
            }
            received
        }));
        let senders = [send.clone(), send].map(|send| {
            tokio::spawn(async move {
                for n in 0..messages / 2 {
                    send.send(n).unwrap();
                    if n % 100 == 0 {
                        yield_now().await;
                    }
                }
            })
        });
        for sender in senders {
            sender.await.unwrap();
        }
        task.await.unwrap()
    });
    assert_eq!(received, messages);
    let polls = of_task("poll.duration", "messages").count;
    let delays = of_task("schedule.delay", "messages").count;
    let idles = of_task("idle.duration", "messages").count;
    assert_eq!(idles, polls - 1);
    assert!(delays <= idles && delays > 0, "{delays} delays, {idles} idle times");
}

#[test]
fn an_aborted_task_is_cancelled() {
    of_one_thread().block_on(async {
        let task = tokio::spawn(measured("aborted", pending::<()>()));
        yield_now().await;
        assert_eq!(number("active", "aborted"), 1.0);
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    assert_eq!(ended("aborted", Outcome::Cancelled), 1);
    assert_eq!(number("active", "aborted"), 0.0);
}

#[test]
fn tasks_of_a_runtime_that_is_dropped_are_cancelled() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for _ in 0..3 {
        runtime.spawn(measured("with the runtime", pending::<()>()));
    }
    drop(runtime);
    assert_eq!(ended("with the runtime", Outcome::Cancelled), 3);
    assert_eq!(number("active", "with the runtime"), 0.0);
}

#[test]
fn a_task_that_panics_is_panicked_and_its_poll_is_counted() {
    of_one_thread().block_on(async {
        let task = tokio::spawn(measured("panics", async {
            yield_now().await;
            panic!("as the test wants");
        }));
        assert!(task.await.unwrap_err().is_panic());
    });
    assert_eq!(ended("panics", Outcome::Panicked), 1);
    assert_eq!(of_task("poll.duration", "panics").count, 2);
    assert_eq!(number("active", "panics"), 0.0);
}

#[test]
fn a_result_is_the_outcome() {
    let task = Task::new("results");
    of_one_thread().block_on(async {
        for text in ["1", "2", "three"] {
            let _ = task.measured_result(async { text.parse::<u32>() }).await;
        }
    });
    assert_eq!(ended("results", Outcome::Ok), 2);
    assert_eq!(ended("results", Outcome::Error), 1);
}

#[test]
fn blocking_work_waits_and_runs() {
    let task = Task::new("blocking");
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let work = || thread::sleep(Duration::from_millis(30));
        let [first, second] =
            [spawn_blocking(task.blocking(work)), spawn_blocking(task.blocking(work))];
        first.await.unwrap();
        second.await.unwrap();
        let fails = task.blocking_result(|| "x".parse::<u32>());
        assert!(spawn_blocking(fails).await.unwrap().is_err());
        let panics = task.blocking(|| panic!("as the test wants"));
        assert!(spawn_blocking(panics).await.unwrap_err().is_panic());
    });
    drop(task.blocking(|| ()));
    let delays = of_task("first_poll.delay", "blocking");
    // The second waited for the only thread.
    assert_eq!(delays.count, 4);
    assert!(delays.max >= 0.03, "{delays:?}");
    assert_eq!(ended("blocking", Outcome::Ok), 2);
    assert_eq!(ended("blocking", Outcome::Error), 1);
    assert_eq!(ended("blocking", Outcome::Panicked), 1);
    assert_eq!(ended("blocking", Outcome::Cancelled), 1);
    assert_eq!(number("active", "blocking"), 0.0);
}

#[test]
fn a_future_polled_by_hand_is_measured_too() {
    let mut future = pin!(measured("by hand", async { 42 }));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(42));
    assert_eq!(ended("by hand", Outcome::Ok), 1);
}

#[test]
fn a_measured_future_of_a_future_that_can_be_sent_can_be_sent() {
    fn can_be_sent<T: Send + Sync>(_: &T) {}
    can_be_sent(&measured("sent", std::future::ready(())));
}
