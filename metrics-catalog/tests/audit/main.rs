//! The audit of dashboards and rules.

extern crate typed_metrics_core as typed_metrics;

mod faults;
mod files;
mod hostile;
mod kiosk;
mod random;
