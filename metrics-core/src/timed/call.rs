//! A measured call.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use super::recorders::{CallRecorder, Prepared, Start};
use crate::labels::outcome::Outcome;

/// A measured call, from its entry until this value is dropped.
///
/// The type `S` of the start is a parameter, although the recorder determines it. A field of the
/// type `M::Start` would make the compiler reject some futures of timed functions as not `Send`.
#[derive(Debug)]
#[must_use = "a call is measured until this is dropped"]
pub struct Call<M: CallRecorder, S: Start> {
    pub recorder: M,
    start: S,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// The future of the call is not being polled.
    Suspended,
    /// The body of the call is running.
    Running,
    Returned(Outcome),
}

impl<M: CallRecorder> Call<M, M::Start> {
    /// Begins the call of a function whose body runs now.
    #[inline(always)]
    pub fn of_function(prepared: impl Prepared<Begun = M>) -> Self {
        Self::begin(prepared, Stage::Running)
    }

    /// Begins the call of a function whose body is a future, at the first poll.
    #[inline(always)]
    pub fn of_future(prepared: impl Prepared<Begun = M>) -> Self {
        Self::begin(prepared, Stage::Suspended)
    }

    #[inline(always)]
    fn begin(prepared: impl Prepared<Begun = M>, stage: Stage) -> Self {
        let recorder = prepared.begin();
        let start = M::Start::now(recorder.is_measured());
        Self { recorder, start, stage }
    }
}

impl<M: CallRecorder, S: Start> Call<M, S> {
    /// Ends the call: the function returned.
    #[inline(always)]
    pub fn finish(mut self, outcome: Outcome) {
        self.stage = Stage::Returned(outcome);
    }

    /// Polls the body.
    #[inline(always)]
    pub(super) fn poll<F: Future>(
        &mut self,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        // If the body unwinds, the stage stays `Running`.
        self.stage = Stage::Running;
        let polled = if M::BUSY && self.recorder.is_measured() {
            let _busy = BusyUntilDropped { recorder: &mut self.recorder, start: Instant::now() };
            body.poll(context)
        } else {
            body.poll(context)
        };
        // After the body is ready, the stage stays `Running`: closures that inspect the returned
        // value still belong to the call.
        if polled.is_pending() {
            self.stage = Stage::Suspended;
        }
        polled
    }
}

impl<M: CallRecorder, S: Start> Drop for Call<M, S> {
    #[inline]
    fn drop(&mut self) {
        let outcome = match self.stage {
            Stage::Suspended => Outcome::Cancelled,
            Stage::Running => Outcome::Panicked,
            Stage::Returned(outcome) => outcome,
        };
        self.recorder.end(outcome, self.start.elapsed());
    }
}

/// Adds the duration of a poll, also if the poll unwinds.
struct BusyUntilDropped<'a, M: CallRecorder> {
    recorder: &'a mut M,
    start: Instant,
}

impl<M: CallRecorder> Drop for BusyUntilDropped<'_, M> {
    #[inline]
    fn drop(&mut self) {
        self.recorder.polled(self.start.elapsed());
    }
}

/// A call whose body is a future, while it is awaited.
///
/// The closure that ends the call with the returned value is stored here too. So the call is stored
/// once, by value, and not behind a reference.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Awaited<'a, M: CallRecorder, S: Start, F, E> {
    body: Pin<&'a mut F>,
    /// The call and the closure that ends it, until the body has returned.
    rest: Option<(Call<M, S>, E)>,
}

impl<'a, M, S, F, E> Awaited<'a, M, S, F, E>
where
    M: CallRecorder,
    S: Start,
    F: Future,
    E: FnOnce(&F::Output, Call<M, S>),
{
    #[inline(always)]
    pub fn new(call: Call<M, S>, body: Pin<&'a mut F>, end: E) -> Self {
        Self { body, rest: Some((call, end)) }
    }
}

impl<M: CallRecorder, S: Start, F, E> fmt::Debug for Awaited<'_, M, S, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaited").finish_non_exhaustive()
    }
}

impl<M, S, F, E> Future for Awaited<'_, M, S, F, E>
where
    M: CallRecorder,
    S: Start,
    F: Future,
    E: FnOnce(&F::Output, Call<M, S>),
{
    type Output = F::Output;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { body, rest } = &mut *self;
        let body = body.as_mut();
        let Some((call, _)) = rest else {
            // The body has returned. The body decides what happens when it is polled again.
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

// The call is moved out as a whole, and is never pinned.
impl<M: CallRecorder, S: Start, F, E> Unpin for Awaited<'_, M, S, F, E> {}

// `&mut F` is not unwind safe, so without these impls the future of the timed function would not be
// unwind safe either, although it would be if it awaited its body directly. Other code sees a call
// only in a consistent state.
impl<M: CallRecorder, S: Start, F: UnwindSafe, E: UnwindSafe> UnwindSafe
    for Awaited<'_, M, S, F, E>
{
}
impl<M: CallRecorder, S: Start, F: RefUnwindSafe, E: RefUnwindSafe> RefUnwindSafe
    for Awaited<'_, M, S, F, E>
{
}
impl<M: CallRecorder, S: Start> UnwindSafe for Call<M, S> {}
impl<M: CallRecorder, S: Start> RefUnwindSafe for Call<M, S> {}
