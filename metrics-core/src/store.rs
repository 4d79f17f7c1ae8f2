//! The series of a metric: finding the series of some labels, recording in a series, and reading
//! one series.
//!
//! A *family* is one metric; a *block* is a run of series that lie behind each other; a *series* is
//! one of them. This layer may use `shards`, `metric`, `labels` and `cells`. It sees one metric at a
//! time; whatever concerns all metrics belongs to `collect`.

pub(crate) mod block;
pub(crate) mod cache;
pub(crate) mod family;
pub(crate) mod forward;
pub(crate) mod function_duration;
pub(crate) mod key;
pub(crate) mod observers;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod series;
pub(crate) mod shape;
pub(crate) mod state;
pub(crate) mod value;
