//! A call that is measured.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use super::recorders::{CallRecorder, Prepared};
use crate::labels::outcome::Outcome;

/// A call, from its entry until it is dropped.
#[derive(Debug)]
#[must_use = "a call is measured until this is dropped"]
pub struct Call<M: CallRecorder> {
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

impl<M: CallRecorder> Call<M> {
    /// A call of a function whose body runs now.
    #[inline(always)]
    pub fn of_function(prepared: impl Prepared<Begun = M>) -> Self {
        Self { meter: prepared.begin(), start: Instant::now(), stage: Stage::Running }
    }

    /// A call of a function whose body is a future, at its first poll.
    #[inline(always)]
    pub fn of_future(prepared: impl Prepared<Begun = M>) -> Self {
        Self { meter: prepared.begin(), start: Instant::now(), stage: Stage::Suspended }
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

impl<M: CallRecorder> Drop for Call<M> {
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
struct BusyUntilDropped<'a, M: CallRecorder> {
    meter: &'a mut M,
    start: Instant,
}

impl<M: CallRecorder> Drop for BusyUntilDropped<'_, M> {
    #[inline]
    fn drop(&mut self) {
        self.meter.polled(self.start.elapsed());
    }
}

/// A call whose body is a future, as it is awaited.
///
/// What ends the call, with what the body returned, is part of it: so the call is kept once, in here, and
/// no reference to it.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Awaited<'a, M: CallRecorder, F, E> {
    body: Pin<&'a mut F>,
    /// Until the body has returned.
    rest: Option<(Call<M>, E)>,
}

impl<'a, M: CallRecorder, F: Future, E: FnOnce(&F::Output, Call<M>)> Awaited<'a, M, F, E> {
    #[inline(always)]
    pub fn new(call: Call<M>, body: Pin<&'a mut F>, end: E) -> Self {
        Self { body, rest: Some((call, end)) }
    }
}

impl<M: CallRecorder, F, E> fmt::Debug for Awaited<'_, M, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaited").finish_non_exhaustive()
    }
}

impl<M: CallRecorder, F: Future, E: FnOnce(&F::Output, Call<M>)> Future for Awaited<'_, M, F, E> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { body, rest } = &mut *self;
        let body = body.as_mut();
        let Some((call, _)) = rest else {
            // It has returned, and says itself what comes of polling it once more.
            return body.poll(context);
        };
        let polled = call.poll(body, context);
        if let Poll::Ready(returned) = &polled
            && let Some((call, end)) = rest.take()
        {
            end(returned, call);
        }
        polled
    }
}

// The call is moved out of it whole, and never pinned.
impl<M: CallRecorder, F, E> Unpin for Awaited<'_, M, F, E> {}

// A mutable reference is neither, so the function's future would not be either, though it is when it
// awaits its body itself. A call is whole whenever somebody else can see it.
impl<M: CallRecorder, F: UnwindSafe, E: UnwindSafe> UnwindSafe for Awaited<'_, M, F, E> {}
impl<M: CallRecorder, F: RefUnwindSafe, E: RefUnwindSafe> RefUnwindSafe for Awaited<'_, M, F, E> {}
impl<M: CallRecorder> UnwindSafe for Call<M> {}
impl<M: CallRecorder> RefUnwindSafe for Call<M> {}
