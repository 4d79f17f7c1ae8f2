//! Measured tasks: a `task` makes measured futures (`future`) and blocking work (`blocking`). Each
//! has a `run`, from its start to its end, which records in the series of a `recorder`. `wakes`
//! notes when a future is woken.

mod blocking;
mod clock;
pub(crate) mod future;
pub(crate) mod metrics;
pub(crate) mod outcome;
mod recorder;
mod run;
#[expect(clippy::module_inception, reason = "the file of the type `Task`")]
pub(crate) mod task;
mod wakes;
