//! Metrics known only at run time: registered and recorded by name, with attributes that come with
//! each measurement.
//!
//! Type, unit and buckets are checked as strictly as those of typed metrics; where the compiler
//! reports a mistake there, an [`Error`](crate::Error) reports it here. This layer may use `typed`,
//! and `handlers` to announce new metrics.

pub(crate) mod metric;
pub(crate) mod names;
pub(crate) mod record;
pub(crate) mod registered;
