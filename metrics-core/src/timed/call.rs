//! A call that is measured.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::outcome::Outcome;
use crate::timed::meter::Meter;

/// A call, from its entry until it is dropped.
#[derive(Debug)]
#[must_use = "a call is measured until this is dropped"]
pub struct Call<M: Meter> {
    pub meter: M,
    start: Instant,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Its future is not being polled.
    Suspended,
    /// Its body runs.
    Running,
    Returned(Outcome),
}

impl<M: Meter> Call<M> {
    /// A call of a function whose body runs now.
    #[inline(always)]
    pub fn of_function(meter: M) -> Self {
        Self { meter, start: Instant::now(), stage: Stage::Running }
    }

    /// A call of a function whose body is a future.
    #[inline(always)]
    pub fn of_future(meter: M) -> Self {
        Self { meter, start: Instant::now(), stage: Stage::Suspended }
    }

    /// It returned.
    #[inline(always)]
    pub fn finish(mut self, outcome: Outcome) {
        self.stage = Stage::Returned(outcome);
    }

    /// Polls the body.
    #[inline(always)]
    fn poll<F: Future>(&mut self, body: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
        // If the body unwinds, this is what stays.
        self.stage = Stage::Running;
        let polled = if M::BUSY {
            let _busy = BusyUntilDropped { meter: &mut self.meter, start: Instant::now() };
            body.poll(context)
        } else {
            body.poll(context)
        };
        // What comes after its end still belongs to the call: closures that look at what it returned.
        if polled.is_pending() {
            self.stage = Stage::Suspended;
        }
        polled
    }
}

impl<M: Meter> Drop for Call<M> {
    #[inline]
    fn drop(&mut self) {
        let outcome = match self.stage {
            Stage::Suspended => Outcome::Cancelled,
            Stage::Running => Outcome::Panicked,
            Stage::Returned(outcome) => outcome,
        };
        self.meter.end(outcome, self.start.elapsed());
    }
}

/// Adds up the time of a poll, also of one that unwinds.
struct BusyUntilDropped<'a, M: Meter> {
    meter: &'a mut M,
    start: Instant,
}

impl<M: Meter> Drop for BusyUntilDropped<'_, M> {
    #[inline]
    fn drop(&mut self) {
        self.meter.polled(self.start.elapsed());
    }
}

/// The body of an async function, as it is awaited.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Awaited<'a, M: Meter, F> {
    call: &'a mut Call<M>,
    body: Pin<&'a mut F>,
}

impl<'a, M: Meter, F: Future> Awaited<'a, M, F> {
    #[inline(always)]
    pub fn new(call: &'a mut Call<M>, body: Pin<&'a mut F>) -> Self {
        Self { call, body }
    }
}

impl<M: Meter, F> fmt::Debug for Awaited<'_, M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaited").finish_non_exhaustive()
    }
}

impl<M: Meter, F: Future> Future for Awaited<'_, M, F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { call, body } = &mut *self;
        call.poll(body.as_mut(), context)
    }
}

// A mutable reference is neither, so the function's future would not be either, though it is when it
// awaits its body itself. A call is whole whenever somebody else can see it.
impl<M: Meter, F: UnwindSafe> UnwindSafe for Awaited<'_, M, F> {}
impl<M: Meter, F: RefUnwindSafe> RefUnwindSafe for Awaited<'_, M, F> {}
impl<M: Meter> UnwindSafe for Call<M> {}
impl<M: Meter> RefUnwindSafe for Call<M> {}
