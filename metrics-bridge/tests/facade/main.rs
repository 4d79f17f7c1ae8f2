//! Records by the macros of the crate `metrics`.

mod descriptions;
mod expiry;
mod kinds;
mod names;
mod of_metrics;
mod recording;
mod support;
