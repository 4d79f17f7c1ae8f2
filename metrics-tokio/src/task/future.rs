//! A measured future.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use typed_metrics_core::Outcome;

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
    wakes: Option<(Arc<Wakes>, Waker)>,
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
        let (noted, waker) = wakes.get_or_insert_with(|| {
            let wakes = Wakes::new(run.start());
            (Arc::clone(&wakes), Waker::from(wakes))
        });
        let woken = noted.begin_poll(context.waker());
        let mut measured = Context::from_waker(waker);
        let polled = run.poll(woken, || this.future.poll(&mut measured));
        if let Poll::Ready(output) = &polled
            && let Some(running) = this.running.take()
        {
            running.end(O::outcome(output));
        }
        polled
    }
}

impl Running {
    fn end(mut self, outcome: Outcome) {
        if let Some((wakes, _)) = self.wakes.take() {
            wakes.end();
        }
        self.run.end(outcome);
    }
}

impl<F, O> fmt::Debug for Measured<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        f.debug_struct("Measured").field("is_running", &is_running).finish_non_exhaustive()
    }
}
