//! Measured blocking work.

use std::marker::PhantomData;

use super::outcome::OfOutput;
use super::recorder::Recorder;
use super::run::Run;

/// Blocking work that is measured.
pub(super) struct MeasuredBlocking<F, O> {
    run: Run,
    work: F,
    outcome: PhantomData<fn() -> O>,
}

impl<F, O> MeasuredBlocking<F, O> {
    pub(super) fn new(recorder: Recorder, work: F) -> Self {
        Self { run: Run::begin(recorder), work, outcome: PhantomData }
    }

    pub(super) fn run<R>(self) -> R
    where
        F: FnOnce() -> R,
        O: OfOutput<R>,
    {
        let Self { mut run, work, .. } = self;
        let output = run.poll(None, work);
        run.end(O::outcome(&output));
        output
    }
}
