//! HTTP servers.

pub(crate) mod exchange;
pub(crate) mod layer;
pub(crate) mod metrics;
mod recent;
pub(crate) mod service;
pub(crate) mod settings;
