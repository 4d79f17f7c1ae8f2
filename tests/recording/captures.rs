//! Captures: the measurements that a test sees, and those that it does not see.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Barrier, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use typed_metrics::testing::{Captured, Scope, capture, capture_async, capture_thread};
use typed_metrics::{
    Label, Metric, MetricType, Metrics, Value, attributes, record_metric, register_metric, snapshot,
};

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "capture")]
enum Seen<'a> {
    #[counter]
    Fixed { side: Side },
    #[counter]
    Open { name: &'a str },
    #[counter(value = f64)]
    Weight,
    #[up_down_counter]
    Level { name: &'a str },
    #[up_down_counter(value = f64)]
    Balance,
    #[gauge]
    Temperature { side: Side },
    #[histogram(buckets = [1, 10])]
    Sizes { side: Side },
    #[histogram(buckets = [1, 10])]
    OpenSizes { name: &'a str },
    #[counter(series_limit = 2)]
    Few { name: &'a str },
}

fn process(metric: &str, label: (&str, &str)) -> f64 {
    let snapshot = snapshot();
    let series = snapshot.get(metric).and_then(|metric| metric.series_with(&[label]));
    series.map_or(0.0, |series| series.value.as_f64())
}

/// Records in one series of each kind.
fn everything(name: &str, n: u32) {
    Seen::fixed(Side::Left).add(u64::from(n));
    Seen::open(name).add(u64::from(n));
    Seen::weight().add(f64::from(n) / 2.0);
    Seen::level(name).add(-i64::from(n));
    Seen::balance().add(f64::from(n) * -0.5);
    Seen::temperature(Side::Left).set(n);
    Seen::sizes(Side::Left).record(n);
    Seen::open_sizes(name).record(n);
}

fn sees_everything<R>(seen: &Captured<R>, name: &str, all: &[u32]) {
    let sum: u32 = all.iter().sum();
    seen.assert_counter(Seen::Fixed { side: Side::Left }, sum.into());
    seen.assert_counter(Seen::Fixed { side: Side::Right }, 0);
    seen.assert_counter(Seen::Open { name }, sum.into());
    assert_eq!(seen.sum(Seen::Weight), f64::from(sum) / 2.0);
    seen.assert_up_down_counter(Seen::Level { name }, -i64::from(sum));
    assert_eq!(seen.sum(Seen::Balance), f64::from(sum) * -0.5);
    seen.assert_gauge(Seen::Temperature { side: Side::Left }, all.last().copied().unwrap().into());
    for sizes in
        [seen.histogram(Seen::Sizes { side: Side::Left }), seen.histogram(Seen::OpenSizes { name })]
    {
        assert_eq!((sizes.count, sizes.sum), (all.len() as u64, sum.into()));
        assert_eq!(sizes.min, f64::from(*all.iter().min().unwrap()));
        assert_eq!(sizes.max, f64::from(*all.iter().max().unwrap()));
    }
}

#[test]
fn the_outer_capture_sees_what_the_inner_one_saw() {
    let outer = capture(|| {
        everything("nested", 1);
        let inner = capture(|| {
            everything("nested", 2);
            let innermost = capture(|| everything("nested", 3));
            sees_everything(&innermost, "nested", &[3]);
        });
        sees_everything(&inner, "nested", &[2, 3]);
        everything("nested", 4);
    });
    sees_everything(&outer, "nested", &[1, 2, 3, 4]);
    assert_eq!(process("capture.open", ("name", "nested")), 10.0);
}

#[test]
fn it_does_not_matter_who_holds_the_inner_scope_last() {
    let (let_go, held) = mpsc::channel::<()>();
    let mut holding = None;
    let outer = capture(|| {
        let inner = capture(|| {
            everything("held", 7);
            let scope = Scope::current();
            holding = Some(thread::spawn(move || {
                held.recv().unwrap();
                drop(scope);
            }));
        });
        sees_everything(&inner, "held", &[7]);
        everything("held", 1);
    });
    // Another thread still holds the inner scope.
    sees_everything(&outer, "held", &[7, 1]);
    assert_eq!(process("capture.open", ("name", "held")), 8.0);
    let_go.send(()).unwrap();
    holding.unwrap().join().unwrap();
    assert_eq!(process("capture.open", ("name", "held")), 8.0);
    assert_eq!(process("capture.open_sizes", ("name", "held")), 8.0);
}

#[test]
fn what_an_inner_scope_leaves_goes_to_the_outer_one_on_whatever_thread() {
    let outer = capture(|| {
        let mut thread = None;
        let (let_go, held) = mpsc::channel::<()>();
        let inner = capture(|| {
            let scope = Scope::current();
            thread = Some(thread::spawn(move || {
                scope.enter(|| everything("left", 5));
                held.recv().unwrap();
                // The last owner of the inner scope is inside another capture.
                let other = capture(|| drop(scope));
                other.assert_nothing();
            }));
        });
        drop(inner);
        let_go.send(()).unwrap();
        thread.unwrap().join().unwrap();
        everything("left", 2);
    });
    sees_everything(&outer, "left", &[5, 2]);
    assert_eq!(process("capture.open", ("name", "left")), 7.0);
}

#[test]
fn a_scope_that_ends_with_its_thread_loses_nothing() {
    thread_local! {
        static KEPT: std::cell::RefCell<Option<Scope>> = const { std::cell::RefCell::new(None) };
    }
    let outer = capture(|| {
        let _inner = capture(|| {
            let scope = Scope::current();
            thread::spawn(move || {
                scope.enter(|| everything("thread end", 3));
                KEPT.with(|kept| *kept.borrow_mut() = Some(scope));
            })
            .join()
            .unwrap();
        });
    });
    sees_everything(&outer, "thread end", &[3]);
    drop(outer);
    assert_eq!(process("capture.open", ("name", "thread end")), 3.0);
}

#[test]
fn the_last_value_of_a_gauge_counts_whoever_set_it() {
    let gauge = || Seen::Temperature { side: Side::Right };
    let outer = capture(|| {
        let inner = capture(|| Seen::temperature(Side::Right).set(1));
        Seen::temperature(Side::Right).set(2);
        inner.assert_gauge(gauge(), 1.0);
        // The inner capture ends after the outer one set the gauge.
        drop(inner);
    });
    outer.assert_gauge(gauge(), 2.0);
}

#[test]
fn run_time_metrics_are_captured() {
    let level = register_metric("capture.rt", Metric::up_down_counter("capture.rt")).unwrap();
    let seen = capture(|| {
        level.record(-3, attributes!("tank" => "a")).unwrap();
        record_metric("capture.rt_new", 2.5, MetricType::Gauge, attributes!()).unwrap();
    });
    let value = |name: &str| seen.snapshot.get(name).unwrap().series[0].value.clone();
    assert_eq!(value("capture.rt"), Value::F64(-3.0));
    assert_eq!(value("capture.rt_new"), Value::F64(2.5));
    assert_eq!(seen.snapshot.metrics.len(), 2);
}

#[test]
fn a_panic_goes_through_and_ends_the_capture() {
    let outer = capture(|| {
        let caught = catch_unwind(|| {
            let _ = capture(|| {
                everything("panic", 6);
                panic!("of the code under test");
            });
        });
        assert!(caught.is_err());
        everything("panic", 1);
    });
    sees_everything(&outer, "panic", &[6, 1]);
    Seen::open("panic").inc();
    outer.assert_counter(Seen::Open { name: "panic" }, 7);
    assert_eq!(process("capture.open", ("name", "panic")), 8.0);
}

#[test]
fn threads_that_record_the_same_metrics_do_not_see_each_other() {
    let at_once = Barrier::new(4);
    thread::scope(|scope| {
        for own in 1..=4u32 {
            let at_once = &at_once;
            scope.spawn(move || {
                for _ in 0..50 {
                    at_once.wait();
                    let seen = capture(|| (0..20).for_each(|_| everything("same", own)));
                    sees_everything(&seen, "same", &[own; 20]);
                }
            });
        }
    });
    assert_eq!(process("capture.open", ("name", "same")), f64::from(50 * 20 * (1 + 2 + 3 + 4)));
    assert_eq!(process("capture.level", ("name", "same")), f64::from(-50 * 20 * 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_future_is_captured_across_threads_and_tasks() {
    let outer = capture_async(async {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let scope = Scope::current();
                tokio::spawn(async move {
                    let work = async {
                        for _ in 0..10 {
                            Seen::open("task").inc();
                            tokio::time::sleep(Duration::from_micros(50)).await;
                        }
                        capture_async(async {
                            tokio::task::yield_now().await;
                            Seen::open("task").inc();
                        })
                        .await
                    };
                    scope.enter_async(work).await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().assert_counter(Seen::Open { name: "task" }, 1);
        }
        "done"
    });
    let outer = tokio::spawn(outer).await.unwrap();
    assert_eq!(outer.returned, "done");
    outer.assert_counter(Seen::Open { name: "task" }, 88);
    assert_eq!(process("capture.open", ("name", "task")), 88.0);
}

/// Returns the message of the panic in `f`.
fn message(f: impl FnOnce()) -> String {
    *catch_unwind(AssertUnwindSafe(f)).unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn a_failed_assertion_says_what_was_recorded() {
    let seen = capture(|| {
        Seen::open("a").add(2);
        Seen::level("a").add(-2);
        Seen::temperature(Side::Left).set(1.5);
        Seen::sizes(Side::Left).record(4);
    });
    let all = "\nall that was recorded:\
               \n  capture.open name=a = 2\
               \n  capture.level name=a = -2\
               \n  capture.temperature side=left = 1.5\
               \n  capture.sizes side=left = 1 values (sum 4, min 4, max 4)";
    // A hint may follow in the next line, because other tests record in the same series.
    let is = |f: &dyn Fn(), first: &str| {
        let message = message(f);
        let own = message.split("\nin the whole process:").next().unwrap();
        assert_eq!(own, format!("{first}{all}"));
    };

    seen.assert_counter(Seen::Open { name: "a" }, 2);
    is(
        &|| seen.assert_counter(Seen::Open { name: "a" }, 3),
        "`capture.open name=a`: expected 3, but recorded was 2",
    );
    is(
        &|| seen.assert_counter(Seen::Open { name: "b" }, 1),
        "`capture.open name=b`: expected 1, but recorded was nothing",
    );
    is(
        &|| seen.assert_up_down_counter(Seen::Level { name: "a" }, 2),
        "`capture.level name=a`: expected 2, but recorded was -2",
    );
    is(
        &|| seen.assert_gauge(Seen::Temperature { side: Side::Left }, 2.0),
        "`capture.temperature side=left`: expected 2, but recorded was 1.5",
    );
    is(
        &|| seen.assert_gauge(Seen::Temperature { side: Side::Right }, 0.0),
        "`capture.temperature side=right`: expected 0, but recorded was nothing",
    );
    seen.assert_histogram_count(Seen::Sizes { side: Side::Left }, 1);
    is(
        &|| seen.assert_histogram_count(Seen::Sizes { side: Side::Left }, 2),
        "`capture.sizes side=left`: expected 2 values, but recorded was \
         1 values (sum 4, min 4, max 4)",
    );
    let listed = all.split_once(':').unwrap().1;
    assert_eq!(
        message(|| seen.assert_nothing()),
        format!("nothing was expected, but there is{listed}")
    );
    assert_eq!(format!("{seen:?}"), format!("captured:{listed}"));

    let nothing = capture(|| ());
    nothing.assert_nothing();
    nothing.assert_histogram_count(Seen::Sizes { side: Side::Left }, 0);
    assert_eq!(
        message(|| nothing.assert_counter(Seen::Weight, 1)),
        "`capture.weight`: expected 1, but recorded was nothing\nall that was recorded:\n  nothing"
    );
}

#[test]
fn asking_for_another_kind_names_the_right_one() {
    let seen = capture(|| Seen::weight().add(0.5));
    assert_eq!(
        message(|| _ = seen.gauge(Seen::Weight)),
        "`capture.weight` is a counter; ask for `counter`, not for `gauge`"
    );
    assert_eq!(
        message(|| _ = seen.counter(Seen::Weight)),
        "`capture.weight` counts in f64; ask for `sum`"
    );
    assert_eq!(
        message(|| _ = seen.sum(Seen::Sizes { side: Side::Left })),
        "`capture.sizes` is a histogram; ask for `histogram`, not for `sum`"
    );
    assert_eq!(seen.sum(Seen::Weight), 0.5);
    assert_eq!(seen.sum(Seen::Open { name: "never" }), 0.0);
    assert_eq!(seen.value(Seen::Weight), Some(Value::F64(0.5)));
}

#[test]
#[should_panic(
    expected = "`capture.level` is an up-down counter; ask for `up_down_counter`, not for `counter`"
)]
fn asking_a_capture_for_another_kind_says_what_the_metric_is() {
    capture(|| Seen::level("kind").inc()).counter(Seen::Level { name: "kind" });
}

#[test]
fn the_series_limit_is_shared_and_the_message_shows_it() {
    Seen::few("of another test").inc();
    Seen::few("of one more").inc();
    let seen = capture(|| Seen::few("mine").inc());
    assert_eq!(
        message(|| seen.assert_counter(Seen::Few { name: "mine" }, 1)),
        "`capture.few name=mine`: expected 1, but recorded was nothing\
         \nall that was recorded:\n  capture.few otel.metric.overflow=true = 1"
    );
}

#[test]
fn a_task_of_the_same_thread_is_captured_though_it_carries_no_scope() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let record = async |name: &'static str| {
        tokio::task::yield_now().await;
        Seen::open(name).inc();
    };
    runtime.block_on(async {
        let capture = capture_thread();
        tokio::spawn(async move { record("spawned").await }).await.unwrap();
        let inner = capture_thread();
        tokio::spawn(async move { record("inner").await }).await.unwrap();
        let inner = inner.finish();
        record("after").await;
        let seen = capture.finish();
        record("too late").await;

        inner.assert_counter(Seen::Open { name: "inner" }, 1);
        inner.assert_counter(Seen::Open { name: "spawned" }, 0);
        for name in ["spawned", "inner", "after"] {
            seen.assert_counter(Seen::Open { name }, 1);
        }
        seen.assert_counter(Seen::Open { name: "too late" }, 0);
    });
    // The totals of the process still count this measurement.
    let all = snapshot();
    let open = all.get("capture.open").unwrap();
    let late = open.series_with(&[("name", "too late")]).unwrap();
    assert_eq!(late.value.as_f64(), 1.0);
}

#[test]
fn captures_of_a_thread_that_end_in_the_wrong_order_lose_nothing() {
    fn total(name: &str) -> f64 {
        let all = snapshot();
        let series = all.get("capture.open").unwrap().series_with(&[("name", name)]);
        series.map_or(0.0, |series| series.value.as_f64())
    }
    thread::spawn(|| {
        Seen::open("crossed").inc();
        let (first, second) = (capture_thread(), capture_thread());
        Seen::open("crossed").inc();
        first.finish().assert_counter(Seen::Open { name: "crossed" }, 1);
        Seen::open("crossed").inc();
        second.finish().assert_counter(Seen::Open { name: "crossed" }, 2);
        // Both captures have ended.
        Seen::open("crossed").add(10);
        let none = capture(|| ());
        none.assert_nothing();
        assert_eq!(total("crossed"), 13.0);
    })
    .join()
    .unwrap();
    thread::spawn(|| Seen::open("crossed").inc()).join().unwrap();
    assert_eq!(total("crossed"), 14.0);

    // A forgotten capture lasts until its thread ends, and loses nothing.
    thread::spawn(|| {
        Seen::open("forgotten").inc();
        std::mem::forget(capture_thread());
        Seen::open("forgotten").add(2);
    })
    .join()
    .unwrap();
    assert_eq!(total("forgotten"), 3.0);
}

#[test]
fn a_capture_of_the_thread_goes_on_at_the_next_poll_of_a_future_that_is_captured() {
    let pending_once = || {
        let mut is_first = true;
        std::future::poll_fn(move |context| {
            context.waker().wake_by_ref();
            if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let seen = runtime.block_on(capture_async(async {
        let inner = capture_thread();
        Seen::open("before").inc();
        pending_once().await;
        Seen::open("after").inc();
        inner.finish()
    }));
    for name in ["before", "after"] {
        seen.returned.assert_counter(Seen::Open { name }, 1);
        seen.assert_counter(Seen::Open { name }, 1);
    }
}

#[test]
fn a_failed_assertion_tells_of_what_was_recorded_outside() {
    let seen = capture(|| {
        thread::spawn(|| Seen::open("outside").add(7)).join().unwrap();
    });
    let message = message(|| seen.assert_counter(Seen::Open { name: "outside" }, 7));
    let begin = "`capture.open name=outside`: expected 7, but recorded was nothing\
                 \nall that was recorded:\n  nothing\
                 \nin the whole process: 7. Was a task or a thread started?";
    assert!(message.starts_with(begin), "{message}");
    assert!(message.contains("capture_thread()") && message.contains("Scope::current()"));
}
