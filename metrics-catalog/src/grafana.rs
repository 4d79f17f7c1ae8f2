//! Dashboards for Grafana 11 and 12.
//!
//! `dashboard` decides which dashboards there are. `sections` and `kinds` make the panels of a
//! declared metric; `databases`, `functions`, `http`, `llm`, `system` and `tokio` are dashboards
//! for metrics that crates of this workspace declare, and `objectives` is the one of all
//! objectives. `model` is the JSON that Grafana reads.

mod colors;
mod context;
pub(crate) mod dashboard;
mod databases;
mod drawn;
mod functions;
mod http;
mod kinds;
mod layout;
mod llm;
mod model;
mod objectives;
mod panel;
mod sections;
pub(crate) mod settings;
mod sorted;
mod system;
mod text;
mod tokio;
mod unit;
mod variables;
