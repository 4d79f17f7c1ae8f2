//! A poll of a measured future allocates nothing, except for the first.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use typed_metrics_tokio::{Task, measured};

#[test]
fn polls_allocate_nothing() {
    let mut future = pin!(measured(
        "no_allocation",
        poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        })
    ));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    let polls = allocation_counter::measure(|| {
        for _ in 0..1000 {
            assert!(future.as_mut().poll(&mut context).is_pending());
        }
    });
    assert_eq!(polls.count_total, 0);
}

#[test]
fn a_task_allocates_its_waker_and_nothing_else() {
    let task = Task::new("one_allocation");
    let run = || {
        let mut future = pin!(task.measured(pending::<()>()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    };
    run();
    let ten = allocation_counter::measure(|| (0..10).for_each(|_| run()));
    assert_eq!(ten.count_total, 10);
    let never_polled = allocation_counter::measure(|| drop(task.measured(pending::<()>())));
    assert_eq!(never_polled.count_total, 0);
}

#[test]
fn blocking_work_allocates_nothing() {
    let task = Task::new("no_allocation_blocking");
    let run = || assert_eq!(task.blocking(|| 42)(), 42);
    run();
    assert_eq!(allocation_counter::measure(run).count_total, 0);
}
