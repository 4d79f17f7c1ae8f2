//! Metrics of runtimes: `observe` adds a runtime to the `sampler`, which reads each `observed`
//! runtime at every collection, until the runtime or the observation has ended.

mod ended;
pub(crate) mod error;
mod levels;
pub(crate) mod metrics;
pub(crate) mod observe;
mod observed;
mod sampler;
#[cfg(tokio_unstable)]
pub(crate) mod unstable;
mod worker_label;
