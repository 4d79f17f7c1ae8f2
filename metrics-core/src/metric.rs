//! Everything that is known of a metric without its values: kind, definition, objectives, identity
//! of its series, and the reasons for which measurements are dropped.
//!
//! This layer may use `rules` and `labels`. It holds no value of a metric, only counts of dropped
//! measurements.

pub(crate) mod descriptor;
pub(crate) mod dropped;
pub(crate) mod kind;
pub(crate) mod label_descriptor;
pub(crate) mod objective;
pub(crate) mod series_id;
pub(crate) mod source;
pub(crate) mod timed_function;
