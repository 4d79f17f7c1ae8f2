//! Settings of a pipeline: from the values given in code and the variables to checked settings.
//!
//! All mistakes are collected and returned as one error. This layer uses nothing else of this
//! crate.

pub(crate) mod endpoint;
mod exemplars;
pub(crate) mod exporters;
pub(crate) mod given;
mod headers;
pub(crate) mod mistakes;
pub(crate) mod protocol;
pub(crate) mod proxy;
pub(crate) mod resource;
pub(crate) mod settings;
pub(crate) mod target;
pub(crate) mod temporality;
pub(crate) mod tls;
mod unused;
pub(crate) mod vars;
pub(crate) mod vendor;
