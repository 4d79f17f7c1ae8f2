//! The engine of [typed-metrics]: descriptors, labels, sharded recording, registry, handlers and
//! snapshots.
//!
//! Programs use the facade `typed-metrics`; back ends use this crate. `ARCHITECTURE.md` in the
//! repository explains how the parts work together.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(docsrs, doc(auto_cfg(hide(feature = "engine"))))]

// The layers; `ARCHITECTURE.md` shows which layer may use which. The feature `engine` is on by
// default. The macros use the crate without it: then it has its rules alone.
#[cfg(feature = "engine")]
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "engine")]
mod cells;
#[cfg(feature = "engine")]
mod clock;
#[cfg(feature = "engine")]
mod collect;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod exports;
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod foreign;
#[cfg(feature = "engine")]
mod handlers;
#[cfg(feature = "engine")]
mod labels;
#[cfg(feature = "engine")]
mod locks;
#[cfg(feature = "engine")]
mod metric;
#[cfg(feature = "engine")]
mod number;
#[cfg(feature = "engine")]
mod report;
mod rules;
#[cfg(feature = "engine")]
mod runtime;
#[cfg(feature = "engine")]
mod shards;
#[cfg(feature = "engine")]
mod store;
#[cfg(feature = "engine")]
mod sync;
#[cfg(feature = "engine")]
pub mod testing;
#[cfg(feature = "engine")]
mod timed;
#[cfg(feature = "engine")]
mod typed;

#[cfg(feature = "engine")]
pub use exports::*;
pub use rules::kind::{MetricType, ValueType};
pub use rules::limits::DEFAULT_SERIES_LIMIT;
pub use rules::{buckets, name, unit};
#[doc(hidden)]
pub use rules::{expiry, exponential, limits};

/// Labels: the typed dimensions of a metric, OpenTelemetry's attributes.
#[cfg(feature = "engine")]
pub mod label {
    pub use crate::labels::label::{Displayed, Label, displayed};
    pub use crate::labels::list::{Element, List, OwnedList};
    pub use crate::labels::scratch::Scratch;
    pub use crate::labels::value::{LabelRef, LabelValue, Text};
    pub use crate::rules::limits::MAX_LABEL_LEN;
}
