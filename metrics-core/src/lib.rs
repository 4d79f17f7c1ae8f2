//! The engine of [typed-metrics]: descriptors, labels, sharded recording, registry, handlers and
//! snapshots.
//!
//! Programs use the facade `typed-metrics`; crates that are back ends use this one. Its
//! `ARCHITECTURE.md` tells how the parts work together.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

pub mod buckets;
pub mod label;
pub mod name;
pub mod testing;
pub mod unit;
pub mod value;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod address;
mod attributes;
mod block;
mod cells;
#[cfg(feature = "console")]
mod console;
mod descriptor;
mod dropped;
mod dynamic;
mod error;
mod family;
mod forward;
mod handle;
mod handler;
mod in_memory;
mod joined;
mod key;
mod number;
mod objective;
mod observe;
mod outcome;
mod read;
mod reader;
mod registry;
mod remove;
mod scope;
mod series;
mod shape;
mod shard;
mod snapshot;
mod sync;
mod table;
mod timed;
mod wrong_kind;
mod zero;

pub use attributes::{AttributeValue, Attributes, IntoAttributes, MAX_ATTRIBUTES};
#[cfg(feature = "console")]
pub use console::ConsoleHandler;
pub use descriptor::{
    DEFAULT_SERIES_LIMIT, Descriptor, LabelDescriptor, MetricType, Source, ValueType,
};
pub use dropped::Reason;
pub use dynamic::{MAX_RUNTIME_METRICS, Metric, RuntimeMetric, record_metric, register_metric};
pub use error::{Conflict, Error};
pub use handle::{Counter, Entered, Gauge, Handle, Histogram, Timer, UpDownCounter, kind};
pub use handler::{
    BACK_ENDS, BackEnd, Choice, HandlerError, IntoHandler, IntoHandlers, Measurement,
    MetricHandler, ShutdownGuard, add_metric_handler, clear_metric_handlers, flush,
    set_metric_handlers, shutdown, shutdown_guard,
};
pub use in_memory::InMemoryHandler;
pub use key::Labels;
pub use label::{Label, LabelRef, LabelValue};
pub use number::Number;
pub use objective::{FunctionObjective, Objective};
pub use observe::{Observation, observe};
pub use outcome::Outcome;
pub use reader::{Changes, MetricChanges, Reader, SeriesChange, snapshot};
pub use registry::{catalog, check};
pub use series::SeriesId;
pub use snapshot::{HistogramSnapshot, MetricSnapshot, SeriesSnapshot, Snapshot, Value};

/// A metrics enum. Derived; the derive also gives the enum a constructor for each variant and
/// `record`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no metrics enum",
    label = "does not derive `Metrics`",
    note = "put `#[derive(Metrics)]` on the enum"
)]
pub trait Metrics {
    /// What is known of each variant's metric, in the order of the variants.
    #[must_use]
    fn descriptors() -> &'static [&'static Descriptor];

    #[doc(hidden)]
    fn __series(&self) -> __private::SeriesKey;
}
