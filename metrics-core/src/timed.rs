//! What `#[timed]` calls: how a call is measured, and how its series is found once its outcome is known.
//!
//! A label may be made from the arguments, which the body may move; and the outcome, or a label that is
//! computed from the result, is known at the end only. So the labels are taken in at entry, and kept in
//! a form that borrows nothing ([`pending`]):
//!
//! - If all labels are fixed, that is the index of the series for `ok` and the distance from one outcome
//!   to the next. The end is arithmetic.
//! - If some are open, these are the labels, owned ([`owned_labels`]), found in a table of the
//!   thread's own by the hash that would find the series, and shared by reference count, since a future
//!   may end on another thread. They remember the series of each outcome, so the end needs no
//!   second lookup.
//!
//! Taking the series for `ok` instead, and its sibling when the call ends otherwise, would need no
//! count. But it makes series in which nothing is recorded, which use up the series limit; and at the
//! limit it sends what has a series to the overflow series, only because that of `ok` has none.
//!
//! A call ends where its [`Call`](call::Call) is dropped: after it was told what the function returned,
//! or without that, by unwinding or because a future was dropped. Which of those it was, it knows from
//! whether it was being polled; `std::thread::panicking` would take a future for panicked that is
//! dropped while something else unwinds.

#![allow(missing_docs, reason = "generated code alone reaches it")]

mod call;
pub mod expansion_api;
mod function;
mod outcome_of;
mod owned_labels;
mod pending;
mod recorders;
mod series_by_outcome;
