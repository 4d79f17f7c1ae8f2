//! gRPC, over the HTTP/2 of any server or client.

pub(crate) mod code;
pub(crate) mod exchange;
pub(crate) mod layer;
pub(crate) mod metrics;
pub(crate) mod served;
pub(crate) mod service;
