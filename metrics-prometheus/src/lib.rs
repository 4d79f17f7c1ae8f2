//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod accept;
mod conflicts;
mod encode;
mod escaping;
mod format;
mod kind;
mod naming;
mod settings;
mod unit;

pub use conflicts::{NameConflict, NameConflicts};
pub use escaping::Escaping;
pub use format::Format;
pub use naming::Naming;
pub use settings::Settings;
