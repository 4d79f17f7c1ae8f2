//! A measured future.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use pin_project_lite::pin_project;

use super::outcome::{AnyOutput, OfOutput};
use super::recorder::Recorder;
use super::run::Run;
use super::wakes::Wakes;

pin_project! {
    /// A future that is measured. [`measured`](crate::measured) and [`Task`](crate::Task) return
    /// it.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Measured<F, O = AnyOutput> {
        // `None` once the future has ended. Dropped before the future, whose drop is not measured.
        running: Option<Running>,
        #[pin]
        future: F,
        outcome: PhantomData<fn() -> O>,
    }
}

/// A run, and the waker of its future.
struct Running {
    run: Run,
    /// `None` before the first poll, so that a future that is never polled allocates nothing.
    wakes: Option<Wakes<Instant>>,
}

impl<F, O> Measured<F, O> {
    pub(super) fn new(recorder: Recorder, future: F) -> Self {
        let running = Running { run: Run::begin(recorder), wakes: None };
        Self { running: Some(running), future, outcome: PhantomData }
    }
}

impl<F: Future, O: OfOutput<F::Output>> Future for Measured<F, O> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(Running { run, wakes }) = this.running else {
            // The future decides what happens when it is polled after its end.
            return this.future.poll(context);
        };
        let wakes = wakes.get_or_insert_with(|| Wakes::new(run.start()));
        let (poll, woken) = wakes.begin_poll(context.waker());
        let polled = run.poll(woken, || this.future.poll(&mut Context::from_waker(poll.waker())));
        if let Poll::Ready(output) = &polled {
            poll.end_last();
            if let Some(Running { run, .. }) = this.running.take() {
                run.end(O::outcome(output));
            }
        }
        polled
    }
}

impl<F, O> fmt::Debug for Measured<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        f.debug_struct("Measured").field("is_running", &is_running).finish_non_exhaustive()
    }
}
