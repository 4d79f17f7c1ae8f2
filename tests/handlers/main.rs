//! Handlers: installing, replacing, failing, panicking, subscribing. Handlers belong to the whole
//! process, so each test takes its turn.
#![expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]

mod awkward;
mod bombs;
#[cfg(feature = "console")]
mod console;
mod failing;
mod from_inside;
mod installing;
mod jobs;
mod names;
mod probe;
mod shutting_down;
mod subscribing;
