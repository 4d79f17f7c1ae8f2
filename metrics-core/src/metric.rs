//! Everything that is known about a metric without its values: its kind, its definition, its
//! objectives, the identity of its series, and the reasons why measurements are dropped.
//!
//! This layer may use `rules`, `labels`, `locks` and `report`. It holds no values of a metric, only
//! the counts of dropped measurements.

pub(crate) mod definition;
pub(crate) mod descriptor;
pub(crate) mod dropped;
mod function_name;
pub(crate) mod joined_name;
pub(crate) mod label_descriptor;
pub(crate) mod label_list;
pub(crate) mod lifetime;
pub(crate) mod metric_id;
pub(crate) mod objective;
pub(crate) mod presentation;
pub(crate) mod recorded_file;
pub(crate) mod scope;
pub(crate) mod series_id;
pub(crate) mod settings;
pub(crate) mod source;
pub(crate) mod timed_function;
pub(crate) mod value_type;
