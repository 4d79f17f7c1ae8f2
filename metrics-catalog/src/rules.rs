//! Recording rules and alerts for Prometheus out of objectives.
//!
//! `indicator` turns an objective into the query for the share of bad calls, and `indicators` names
//! those of a metric. `burn` has the windows
//! of Google's SRE workbook, and `alerts` their rules. `render` writes the files, and `scenario`
//! the tests for `promtool`.

mod alerts;
mod burn;
pub(crate) mod indicator;
pub(crate) mod indicators;
mod limits;
pub(crate) mod render;
mod scenario;
pub(crate) mod settings;
mod template;
mod yaml;
