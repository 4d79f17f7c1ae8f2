//! The functions that `#[timed]` calls: they measure a call, and find its series once the outcome
//! is known.
//!
//! A label may be computed from the arguments, which the body may move. The outcome, and labels
//! that are computed from the result, are known only at the end. So the labels are evaluated at
//! entry and kept in a form that borrows nothing ([`pending`]):
//!
//! - If all labels are fixed, this form is the index of the series for `ok` and the stride from one
//!   outcome to the next. At the end, arithmetic finds the series.
//! - If some labels are open, this form is the owned labels ([`owned_labels`]). They are found in a
//!   thread-local table by the hash that would find the series, and shared by reference count,
//!   because a future may end on another thread. They remember the series of each outcome, so the
//!   end of a call needs no second lookup.
//!
//! The alternative is to look up the series for `ok` at entry, and its sibling if the call ends
//! otherwise. This would need no reference count. But it makes series in which nothing is recorded,
//! and these use up the series limit. At the limit, it sends calls whose series exists to the
//! overflow series, only because the series for `ok` does not exist.
//!
//! A call ends when its [`Call`](call::Call) is dropped: after [`finish`](call::Call::finish) got
//! the outcome, or without that, by unwinding or because a future was dropped. `Call` distinguishes
//! these two by whether its body was running. `std::thread::panicking` would be wrong: a future
//! that is dropped while other code unwinds did not panic.
//!
//! With `sample`, a random choice of calls is measured ([`sampling`]). The recorders of time are
//! then in an `Option`, which is `None` for the other calls. Such a call reads no clock, and does
//! not look up the series of its time.

#![allow(missing_docs, reason = "only generated code uses it")]

mod call;
pub mod expansion_api;
mod function;
mod made;
mod outcome_of;
mod owned_labels;
mod pending;
mod recorders;
mod sampling;
mod series_by_outcome;
