//! A future that a function makes without being `async`, while it is measured.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::call::Call;
use super::recorders::{CallRecorder, Prepared, Start};

/// A future that a function made. If the future is `Unpin`, the compiler prefers the inherent
/// method; otherwise it uses the method of [`AnyFuture`].
#[derive(Debug)]
pub struct Made<F>(pub F);

impl<F: Future + Unpin> Made<F> {
    /// The future, measured from its first poll on. `end` ends the call with the returned value.
    #[inline(always)]
    pub fn __typed_measured<P, M, S, E, B, A>(
        self,
        prepared: P,
        end: E,
        _: B,
    ) -> Measured<F, P, M, S, E>
    where
        P: Prepared<Begun = M>,
        M: CallRecorder<Start = S>,
        S: Start,
        E: FnOnce(&F::Output, Call<M, S>),
        B: FnOnce(F, P, E) -> A,
    {
        Measured { stage: Stage::Made(prepared, end), body: self.0 }
    }
}

/// See [`Made`].
pub trait AnyFuture: Sized {
    type Future: Future;

    /// The future, measured by the async block that `block` makes. Without `unsafe`, only an async
    /// block can poll a future that is not `Unpin`. The block is part of the expansion, because
    /// its auto traits would not be known otherwise.
    fn __typed_measured<P, M, S, E, B, A>(self, prepared: P, end: E, block: B) -> A
    where
        P: Prepared<Begun = M>,
        M: CallRecorder<Start = S>,
        S: Start,
        E: FnOnce(&<Self::Future as Future>::Output, Call<M, S>),
        B: FnOnce(Self::Future, P, E) -> A;
}

impl<F: Future> AnyFuture for Made<F> {
    type Future = F;

    #[inline(always)]
    fn __typed_measured<P, M, S, E, B, A>(self, prepared: P, end: E, block: B) -> A
    where
        P: Prepared<Begun = M>,
        M: CallRecorder<Start = S>,
        S: Start,
        E: FnOnce(&F::Output, Call<M, S>),
        B: FnOnce(F, P, E) -> A,
    {
        block(self.0, prepared, end)
    }
}

/// A measured future that is `Unpin`.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Measured<F, P, M: CallRecorder, S: Start, E> {
    // Dropped first, so that a cancelled call ends before its body is dropped.
    stage: Stage<P, M, S, E>,
    body: F,
}

enum Stage<P, M: CallRecorder, S: Start, E> {
    /// Not polled yet.
    Made(P, E),
    Begun(Call<M, S>, E),
    /// The body has returned. The body decides what happens when it is polled again.
    Ended,
}

impl<F, P, M, S, E> Future for Measured<F, P, M, S, E>
where
    F: Future + Unpin,
    P: Prepared<Begun = M>,
    M: CallRecorder<Start = S>,
    S: Start,
    E: FnOnce(&F::Output, Call<M, S>),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { stage, body } = self.get_mut();
        if let Stage::Made(..) = stage
            && let Stage::Made(prepared, end) = std::mem::replace(stage, Stage::Ended)
        {
            *stage = Stage::Begun(Call::of_future(prepared), end);
        }
        let body = Pin::new(body);
        let Stage::Begun(call, _) = stage else { return body.poll(context) };
        let polled = call.poll(body, context);
        if let Poll::Ready(returned) = &polled
            && let Stage::Begun(call, end) = std::mem::replace(stage, Stage::Ended)
        {
            end(returned, call);
        }
        polled
    }
}

// Only the body is ever pinned.
impl<F: Unpin, P, M: CallRecorder, S: Start, E> Unpin for Measured<F, P, M, S, E> {}

impl<F, P, M: CallRecorder, S: Start, E> fmt::Debug for Measured<F, P, M, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured").finish_non_exhaustive()
    }
}
