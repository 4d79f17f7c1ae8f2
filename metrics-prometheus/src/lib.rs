//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod format;
mod naming;
mod page;

pub use format::Format;
pub use naming::Naming;
