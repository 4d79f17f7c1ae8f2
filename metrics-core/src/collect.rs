//! All metrics of the process: the registry, readers and their snapshots, observed series, and
//! operations that must keep readers out, such as removal.
//!
//! This layer may use `store` and the layers below it. It does not know handlers.

pub(crate) mod absorb;
pub(crate) mod callbacks;
pub(crate) mod changes;
pub(crate) mod conflicts;
pub(crate) mod default_aggregation;
mod definitions;
mod ended;
mod environment;
pub(crate) mod exemplars;
mod expiry;
pub(crate) mod extremes;
pub(crate) mod fold;
pub(crate) mod given_histogram;
mod histogram_progress;
mod joined;
mod last_recorded;
pub(crate) mod last_values;
pub(crate) mod live;
pub(crate) mod merge;
pub(crate) mod numbers;
pub(crate) mod observation;
pub(crate) mod observed_histogram;
pub(crate) mod observed_series;
pub(crate) mod observer;
pub(crate) mod overrides;
pub(crate) mod points;
pub(crate) mod progress;
pub(crate) mod reader;
pub(crate) mod recorded;
pub(crate) mod registry;
pub(crate) mod remove;
pub(crate) mod replacement;
pub(crate) mod running;
mod series_labels;
pub(crate) mod shown;
pub(crate) mod snapshot;
mod steady;
mod twins;
pub(crate) mod warn;
