//! The recorder for the crate `metrics`.

pub(crate) mod builder;
pub(crate) mod error;
mod found;
mod handle;
mod installed;
pub(crate) mod matcher;
pub(crate) mod recorder;
mod settings;
mod total;
mod units;
