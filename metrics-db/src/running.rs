//! An operation in progress.

use std::time::Instant;

use typed_metrics_core::LabelGroup;

use crate::failure::{CANCELLED, Failure, NameError, PANICKED};
use crate::metrics::{DbMetrics, DbOperation};

/// An operation in progress, which [`Operation::start`](crate::Operation::start) began.
///
/// One that is dropped has the `error.type` [`CANCELLED`], or [`PANICKED`] if its thread panics.
/// Measured futures and streams are panicked only if the panic came from inside of them.
#[must_use = "keep it until the operation ends: its drop records the operation as cancelled"]
#[derive(Debug)]
pub struct Running<'d> {
    labels: DbOperation<'d>,
    start: Instant,
    rows: Option<u64>,
    stage: Stage,
    /// A drop is no failure: the program has seen enough.
    is_enough: bool,
    is_recorded: bool,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// The program holds the operation: the panic that drops it is of the code in between.
    Held,
    /// Inside of a poll, in which only a panic drops the operation.
    Polled,
    /// Between two polls. A panic that drops it is of other code.
    Suspended,
}

impl<'d> Running<'d> {
    pub(crate) fn start(labels: DbOperation<'d>) -> Self {
        Self {
            labels,
            start: Instant::now(),
            rows: None,
            stage: Stage::Held,
            is_enough: false,
            is_recorded: false,
        }
    }

    /// Sets the number of rows that the operation returned: `db.client.response.returned_rows`.
    pub fn rows(&mut self, rows: u64) {
        self.rows = Some(rows);
    }

    /// Polls the operation. A panic of `poll` is one of the operation, and a later one is not.
    pub(crate) fn poll<R>(&mut self, poll: impl FnOnce() -> R) -> R {
        self.stage = Stage::Polled;
        let result = poll();
        self.stage = Stage::Suspended;
        result
    }

    /// From now on, a drop records a success.
    pub(crate) fn enough(&mut self) {
        self.is_enough = true;
    }

    /// Records a success.
    pub fn succeed(self) {
        self.fail(&Failure::none());
    }

    /// Records a failure.
    pub fn fail(mut self, failure: &Failure<'_>) {
        self.record(failure);
    }

    /// Records the end that a result tells.
    pub(crate) fn end<T, E, N: NameError<E>>(self, result: &Result<T, E>, names: &N) {
        match result {
            Ok(_) => self.succeed(),
            Err(error) => self.fail(&names.failure(error)),
        }
    }

    fn record(&mut self, failure: &Failure<'_>) {
        if std::mem::replace(&mut self.is_recorded, true) {
            return;
        }
        let elapsed = self.start.elapsed();
        let labels = DbOperation {
            error_type: failure.error_type(),
            status: failure.status_code(),
            ..self.labels
        };
        let Some(rows) = self.rows else {
            DbMetrics::operation_duration(labels).record(elapsed);
            return;
        };
        let labels = labels.find();
        DbMetrics::operation_duration(&labels).record(elapsed);
        DbMetrics::returned_rows(&labels).record(rows);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let has_panicked = match self.stage {
            Stage::Held => std::thread::panicking(),
            Stage::Polled => true,
            Stage::Suspended => false,
        };
        self.record(&match () {
            () if has_panicked => Failure::of_type(PANICKED),
            () if self.is_enough => Failure::none(),
            () => Failure::of_type(CANCELLED),
        });
    }
}
