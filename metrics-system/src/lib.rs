//! docs

// The derive names the facade.
extern crate typed_metrics_core as typed_metrics;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
mod install;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
mod set;
mod source;
mod sum;
mod unavailable;

#[cfg(not(target_os = "linux"))]
use elsewhere as platform;
#[cfg(target_os = "linux")]
use linux as platform;

pub use install::{install, uninstall};
pub use set::Set;
pub use unavailable::Unavailable;
