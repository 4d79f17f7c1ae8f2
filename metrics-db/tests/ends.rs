//! The ends of operations: success, errors, drops and panics.

use std::future::{pending, ready};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::{StreamExt, TryStreamExt, stream};
use typed_metrics_core::testing::{Captured, capture, capture_async};
use typed_metrics_db::{CANCELLED, Database, DbMetrics, DbOperation, Failure, PANICKED, System};

static CACHE: Database = Database::new(System::REDIS);

const GET: DbOperation<'static> =
    DbOperation { operation: Some("GET"), ..DbOperation::of(System::REDIS) };

/// Asserts that the operation was recorded once, and with no other `error.type`.
fn assert_end(seen: &Captured<impl Sized>, error_type: Option<&str>) {
    let labels = DbOperation { error_type, ..GET };
    seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
    let all = seen.snapshot.get("db.client.operation.duration").unwrap();
    assert_eq!(all.series.len(), 1, "{all:?}");
}

#[tokio::test]
async fn an_error_without_a_name_has_the_name_of_its_type() {
    let get = CACHE.operation("GET");
    let seen = capture_async(get.measure(ready(Err::<(), _>(io::Error::other("x"))))).await;
    assert_end(&seen, Some("std::io::error::Error"));
}

#[test]
fn the_program_names_errors() {
    let database = Database::new(System::REDIS).errors(|code: &u8| match code {
        0 => Failure::none(),
        1 => Failure::of_type("timeout"),
        _ => Failure::status("WRONGTYPE"),
    });
    let get = database.operation("GET");
    let fail = |code| capture(|| get.run(|| Err::<(), u8>(code)).unwrap_err());
    assert_end(&fail(0), None);
    assert_end(&fail(1), Some("timeout"));
    let status = DbOperation { status: Some("WRONGTYPE"), error_type: Some("WRONGTYPE"), ..GET };
    fail(2).assert_histogram_count(DbMetrics::OperationDuration(status), 1);
}

#[tokio::test]
async fn a_future_that_is_dropped_is_cancelled_if_it_was_polled() {
    let get = CACHE.operation("GET");
    let seen = capture_async(async {
        drop(get.measure(pending::<io::Result<()>>()));
        let polled = get.measure(pending::<io::Result<()>>());
        let now = tokio::time::timeout(std::time::Duration::ZERO, polled);
        assert!(now.await.is_err());
    })
    .await;
    assert_end(&seen, Some(CANCELLED));
}

#[test]
fn a_guard_that_is_dropped_is_cancelled() {
    assert_end(&capture(|| drop(CACHE.operation("GET").start())), Some(CANCELLED));
}

/// Runs its function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs code in a destructor, because of a panic.
fn while_unwinding(code: impl FnMut()) {
    let panics = AssertUnwindSafe(|| {
        let _code = OnDrop(code);
        panic!("of other code");
    });
    assert!(catch_unwind(panics).is_err());
}

#[test]
fn a_guard_is_panicked_by_a_panic_that_began_after_it() {
    let seen = capture(|| {
        let panics = || {
            let _get = CACHE.operation("GET").start();
            panic!("of the operation");
        };
        assert!(catch_unwind(panics).is_err());
    });
    assert_end(&seen, Some(PANICKED));
}

#[test]
fn an_operation_of_a_destructor_is_not_panicked_by_the_panic_that_runs_the_destructor() {
    let seen = capture(|| while_unwinding(|| drop(CACHE.operation("GET").start())));
    assert_end(&seen, Some(CANCELLED));
    let seen = capture(|| {
        while_unwinding(|| CACHE.operation("GET").run(|| Ok::<_, io::Error>(())).unwrap());
    });
    assert_end(&seen, None);
    // A panic of its own is.
    let seen = capture(|| {
        while_unwinding(|| {
            let call =
                || CACHE.operation("GET").run(|| -> io::Result<()> { panic!("of the call") });
            assert!(catch_unwind(call).is_err());
        });
    });
    assert_end(&seen, Some(PANICKED));
}

/// The limit: a thread does not tell a second panic from the one that runs the destructor.
#[test]
fn a_guard_of_such_a_destructor_is_cancelled_by_a_panic_of_its_own_that_is_caught() {
    let seen = capture(|| {
        while_unwinding(|| {
            let panics = || {
                let _get = CACHE.operation("GET").start();
                panic!("of the operation");
            };
            assert!(catch_unwind(panics).is_err());
        });
    });
    assert_end(&seen, Some(CANCELLED));
}

#[test]
fn a_guard_that_a_panicking_thread_began_is_panicked_by_the_panic_of_another_thread() {
    let scope = typed_metrics_core::testing::Scope::current;
    let seen = capture(|| {
        while_unwinding(|| {
            let (get, scope) = (CACHE.operation("GET").start(), scope());
            let panics = move || {
                scope.enter(|| {
                    let _get = get;
                    panic!("of the operation");
                });
            };
            assert!(std::thread::spawn(panics).join().is_err());
        });
    });
    assert_end(&seen, Some(PANICKED));
}

#[tokio::test]
async fn a_panic_is_recorded_even_if_the_task_drops_the_future_later() {
    let seen = capture_async(async {
        let panics = async { if true { panic!("of the client") } else { Ok::<(), io::Error>(()) } };
        let task = typed_metrics_core::testing::Scope::current();
        let get = CACHE.operation("GET").measure(panics);
        let join = tokio::spawn(async move { task.enter_async(get).await });
        assert!(join.await.unwrap_err().is_panic());
    })
    .await;
    assert_end(&seen, Some(PANICKED));
}

#[tokio::test]
async fn a_panic_of_a_blocking_call_and_of_a_stream_is_recorded() {
    let seen = capture(|| {
        let call = || CACHE.operation("GET").run(|| -> io::Result<()> { panic!("of the client") });
        assert!(std::panic::catch_unwind(call).is_err());
    });
    assert_end(&seen, Some(PANICKED));
    let seen = capture_async(async {
        let panics = stream::iter([1, 2]).map(|row| {
            assert_ne!(row, 2, "of the client");
            Ok::<_, io::Error>(row)
        });
        let rows = CACHE.operation("GET").measure_stream(panics);
        let task = typed_metrics_core::testing::Scope::current();
        let all = async move { task.enter_async(rows.try_collect::<Vec<_>>()).await };
        assert!(tokio::spawn(all).await.unwrap_err().is_panic());
    })
    .await;
    assert_end(&seen, Some(PANICKED));
}

#[tokio::test]
async fn a_stream_ends_with_its_end_an_error_or_a_drop() {
    let get = CACHE.operation("GET");
    let rows = |items: Vec<io::Result<u8>>| get.measure_stream(stream::iter(items));
    let sum = |seen: &Captured<()>, error_type| {
        seen.histogram(DbMetrics::ReturnedRows(DbOperation { error_type, ..GET })).sum
    };

    let seen = capture_async(async {
        let mut whole = rows(vec![Ok(1), Ok(2)]);
        while let Some(row) = whole.next().await {
            row.unwrap();
        }
        assert!(whole.next().await.is_none(), "a stream that ended is not measured again");
    })
    .await;
    assert_end(&seen, None);
    assert_eq!(sum(&seen, None), 2.0);

    let seen = capture_async(async {
        let failed = rows(vec![Ok(1), Err(io::Error::other("x"))]);
        assert!(failed.try_collect::<Vec<_>>().await.is_err());
    })
    .await;
    assert_end(&seen, Some("std::io::error::Error"));
    assert_eq!(sum(&seen, Some("std::io::error::Error")), 1.0);

    let seen = capture_async(async {
        let mut left = rows(vec![Ok(1), Ok(2)]);
        left.next().await.unwrap().unwrap();
    })
    .await;
    assert_end(&seen, None);
    assert_eq!(sum(&seen, None), 1.0);

    let seen = capture_async(async {
        let mut waits = get.measure_stream(stream::pending::<io::Result<u8>>());
        let now = tokio::time::timeout(std::time::Duration::ZERO, waits.next());
        assert!(now.await.is_err());
    })
    .await;
    assert_end(&seen, Some(CANCELLED));
}

#[test]
fn a_panic_outside_of_a_stream_or_future_is_not_one_of_the_operation() {
    fn panics(future: impl Future) {
        let poll = || pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready();
        assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
    }
    let seen = capture(|| {
        let rows = CACHE.operation("GET").measure_stream(stream::iter([Ok::<_, io::Error>(1)]));
        panics(rows.for_each(async |_| panic!("of the consumer")));
    });
    assert_end(&seen, None);
    let seen = capture(|| {
        let waits = CACHE.operation("GET").measure(pending::<io::Result<()>>());
        panics(futures_util::future::join(waits, async { panic!("of the other future") }));
    });
    assert_end(&seen, Some(CANCELLED));
}
