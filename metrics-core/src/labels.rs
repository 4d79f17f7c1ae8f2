//! The dimensions of a metric: labels, their values, and the attributes of run-time metrics.
//!
//! This layer does not know metrics. It may use `rules` and `locks`.

pub(crate) mod attributes;
mod cut;
mod foreign;
pub(crate) mod given;
pub(crate) mod hash;
pub(crate) mod label;
pub(crate) mod list;
pub(crate) mod outcome;
pub(crate) mod part;
pub(crate) mod process;
pub(crate) mod scratch;
pub(crate) mod set;
pub(crate) mod value;
