//! Dashboards and rules of real metrics.
//!
//! `UPDATE_GOLDEN=1` rewrites the files in `golden`.

mod audited;
mod expressions;
#[expect(dead_code, reason = "declarations alone are rendered")]
mod failures;
mod golden;
mod hostile;
mod panels;
#[expect(dead_code, reason = "nothing is recorded: declarations alone are rendered")]
mod shop;
mod slo;
