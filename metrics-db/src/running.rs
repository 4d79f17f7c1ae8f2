//! An operation in progress.

use std::thread::{self, ThreadId};
use std::time::Instant;

use typed_metrics_core::LabelGroup;

use crate::failure::{CANCELLED, Failure, NameError, PANICKED};
use crate::metrics::{DbMetrics, DbOperation};

/// An operation in progress, which [`Operation::start`](crate::Operation::start) began.
///
/// One that is dropped has the `error.type` [`CANCELLED`], or [`PANICKED`] if a panic unwinds the
/// thread that drops it, and did not unwind that thread when the operation began. So an operation
/// of a destructor that runs because of a panic is not itself panicked. It is not so either if a
/// second panic, which that destructor catches, drops it: a thread tells that it unwinds, and not
/// by how many panics.
///
/// Code that keeps the operation while other code runs cannot tell whose panic it is.
/// [`run`](crate::Operation::run), [`measure`](crate::Operation::measure) and
/// [`measure_stream`](crate::Operation::measure_stream) can, in a destructor too: their operations
/// are panicked only if the panic came from inside of them.
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
    /// The program holds the operation: the panic that drops it is of the code in between, unless
    /// `unwinding`, the thread that began the operation, was panicking already.
    Held { unwinding: Option<ThreadId> },
    /// Inside of a call or a poll, in which only a panic drops the operation.
    Inside,
    /// Between two polls. A panic that drops it is of other code.
    Suspended,
}

impl<'d> Running<'d> {
    pub(crate) fn start(labels: DbOperation<'d>) -> Self {
        Self {
            labels,
            start: Instant::now(),
            rows: None,
            stage: Stage::Held { unwinding: unwinding() },
            is_enough: false,
            is_recorded: false,
        }
    }

    /// Sets the number of rows that the operation returned: `db.client.response.returned_rows`.
    pub fn rows(&mut self, rows: u64) {
        self.rows = Some(rows);
    }

    /// Runs code of the operation: all of it, or one poll. A panic of `code` is one of the
    /// operation, and a later one is not.
    pub(crate) fn inside<R>(&mut self, code: impl FnOnce() -> R) -> R {
        self.stage = Stage::Inside;
        let result = code();
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
            // Another thread than the one that was panicking began to panic later.
            Stage::Held { unwinding: before } => unwinding().is_some_and(|now| Some(now) != before),
            Stage::Inside => true,
            Stage::Suspended => false,
        };
        self.record(&match () {
            () if has_panicked => Failure::of_type(PANICKED),
            () if self.is_enough => Failure::none(),
            () => Failure::of_type(CANCELLED),
        });
    }
}

/// The thread that runs this, if a panic unwinds it.
fn unwinding() -> Option<ThreadId> {
    thread::panicking().then(|| thread::current().id())
}
