//! An operation in progress.

use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use typed_metrics_core::{FoundLabels, LabelGroup};

use crate::failure::{CANCELLED, Failure, NameError, PANICKED};
use crate::metrics::{DbMetrics, DbOperation};
use crate::recent;
use crate::target::{Naming, Target};

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
    target: &'d Target,
    naming: Naming,
    /// `None` before the first poll, when nothing was sent.
    start: Option<Instant>,
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
    /// Before the call, or between two polls. A panic that drops it is of other code.
    Suspended,
}

impl<'d> Running<'d> {
    /// An operation that begins now.
    pub(crate) fn held(target: &'d Target, naming: Naming) -> Self {
        let stage = Stage::Held { unwinding: unwinding() };
        Self { start: Some(Instant::now()), stage, ..Self::suspended(target, naming) }
    }

    /// An operation that begins with [`inside`](Self::inside).
    #[inline]
    pub(crate) fn suspended(target: &'d Target, naming: Naming) -> Self {
        Self {
            target,
            naming,
            start: None,
            rows: None,
            stage: Stage::Suspended,
            is_enough: false,
            is_recorded: false,
        }
    }

    /// Sets the number of rows that the operation returned: `db.client.response.returned_rows`.
    pub fn rows(&mut self, rows: u64) {
        self.rows = Some(rows);
    }

    pub(crate) fn add_rows(&mut self, rows: u64) {
        *self.rows.get_or_insert_default() += rows;
    }

    /// Runs code of the operation: all of it, or one poll. A panic of `code` is one of the
    /// operation, and a later one is not.
    #[inline]
    pub(crate) fn inside<R>(&mut self, code: impl FnOnce() -> R) -> R {
        self.start.get_or_insert_with(Instant::now);
        let unwound = Unwound(self);
        let result = code();
        std::mem::forget(unwound);
        result
    }

    /// From now on, a drop records a success.
    pub(crate) fn enough(&mut self) {
        self.is_enough = true;
    }

    /// Records a success.
    pub fn succeed(mut self) {
        self.record(None);
    }

    /// Records a failure.
    pub fn fail(mut self, failure: &Failure<'_>) {
        self.record(Some(failure));
    }

    /// Records the end that a result tells.
    #[inline]
    pub(crate) fn end<T, E, N: NameError<E>>(&mut self, result: &Result<T, E>, names: &N) {
        match result {
            Ok(_) => self.record(None),
            Err(error) => self.record(Some(&names.failure(error))),
        }
    }

    /// Records the end, unless it is recorded already.
    pub(crate) fn record(&mut self, failure: Option<&Failure<'_>>) {
        if std::mem::replace(&mut self.is_recorded, true) {
            return;
        }
        let Some(elapsed) = self.start.map(|start| start.elapsed()) else { return };
        let failure = failure.filter(|failure| failure.error_type().is_some());
        let rows = self.rows;
        if failure.is_none()
            && recent::with(self.target, &self.naming, |found| write(found, elapsed, rows)).is_ok()
        {
            return;
        }
        let labels = DbOperation {
            error_type: failure.and_then(Failure::error_type),
            status: failure.and_then(Failure::status_code),
            ..self.target.labels(self.naming)
        };
        write(&labels.find(), elapsed, rows);
    }
}

fn write(labels: &FoundLabels<DbOperation<'_>>, elapsed: Duration, rows: Option<u64>) {
    DbMetrics::operation_duration(labels).record(elapsed);
    if let Some(rows) = rows {
        DbMetrics::returned_rows(labels).record(rows);
    }
}

/// Records that a panic unwinds the code of the operation.
struct Unwound<'r, 'd>(&'r mut Running<'d>);

impl Drop for Unwound<'_, '_> {
    fn drop(&mut self) {
        self.0.record(Some(&Failure::of_type(PANICKED)));
    }
}

impl Drop for Running<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_recorded {
            self.record_drop();
        }
    }
}

impl Running<'_> {
    fn record_drop(&mut self) {
        let has_panicked = match self.stage {
            // Another thread than the one that was panicking began to panic later.
            Stage::Held { unwinding: before } => unwinding().is_some_and(|now| Some(now) != before),
            Stage::Suspended => false,
        };
        match () {
            () if has_panicked => self.record(Some(&Failure::of_type(PANICKED))),
            () if self.is_enough => self.record(None),
            () => self.record(Some(&Failure::of_type(CANCELLED))),
        }
    }
}

/// The thread that runs this, if a panic unwinds it.
fn unwinding() -> Option<ThreadId> {
    thread::panicking().then(|| thread::current().id())
}
