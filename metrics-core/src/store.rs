//! The series of a metric: finding a series by its labels, recording in a series, and reading a
//! series.
//!
//! A *family* is one metric. A *block* is a run of consecutive series in memory. A *series* is one
//! series of a block. This layer may use `shards`, `metric`, `labels` and `cells`. It handles one
//! metric at a time; code that concerns all metrics belongs to `collect`.

mod absorb;
pub(crate) mod block;
pub(crate) mod cache;
mod encoded;
pub(crate) mod end_life;
pub(crate) mod exemplars;
pub(crate) mod family;
pub(crate) mod forward;
mod full;
pub(crate) mod function_metrics;
mod gauge;
mod given;
pub(crate) mod group;
pub(crate) mod key;
mod late;
pub(crate) mod observers;
pub(crate) mod random;
pub(crate) mod read;
pub(crate) mod record;
#[cfg(test)]
mod sample;
pub(crate) mod series;
pub(crate) mod shape;
pub(crate) mod shared;
pub(crate) mod state;
mod table;
pub(crate) mod take_back;
pub(crate) mod value;
