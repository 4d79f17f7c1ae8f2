//! Export by OTLP, to a receiver in this process. Handlers belong to the process: each test takes
//! its turn.

extern crate typed_metrics_core as typed_metrics;

mod contexts;
mod endings;
mod environment;
#[cfg(feature = "trace")]
mod exemplars;
mod exported;
mod lives;
mod never_accepted;
mod outage;
mod pipelines;
mod proxies;
mod refusals;
mod reports;
#[cfg(feature = "sdk")]
mod same;
mod slow_disk;
mod soak;
mod sums;
mod tls;
