//! HTTP clients.

pub(crate) mod exchange;
pub(crate) mod layer;
pub(crate) mod metrics;
pub(crate) mod service;
pub(crate) mod settings;
