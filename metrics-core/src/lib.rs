//! The engine of [typed-metrics]: descriptors, labels, sharded recording, registry, handlers and
//! snapshots.
//!
//! Programs use the facade `typed-metrics`; back ends use this crate. `ARCHITECTURE.md` in the
//! repository explains how the parts work together.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

// The layers; `ARCHITECTURE.md` shows which layer may use which.
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod cells;
mod clock;
mod collect;
mod error;
#[doc(hidden)]
pub mod foreign;
mod handlers;
mod labels;
mod locks;
mod metric;
mod number;
mod report;
mod rules;
mod runtime;
mod shards;
mod store;
mod sync;
pub mod testing;
mod timed;
mod typed;

pub use rules::{buckets, name, unit};
#[doc(hidden)]
pub use rules::{expiry, exponential};
pub use typed::value;

/// Labels: the typed dimensions of a metric, OpenTelemetry's attributes.
pub mod label {
    pub use crate::labels::label::{Displayed, Label, displayed};
    pub use crate::labels::list::{Element, List, OwnedList};
    pub use crate::labels::scratch::Scratch;
    pub use crate::labels::value::{LabelRef, LabelValue, MAX_LABEL_LEN, Text};
}

pub use cells::exponential::buckets::{ExponentialBuckets, ExponentialRange};
pub use collect::changes::{ChangeReader, Changes, MetricChanges, SeriesChange};
pub use collect::conflicts::{Resolution, check, resolve_conflict};
#[doc(hidden)]
pub use collect::default_aggregation::exponential_by_default;
pub use collect::exemplars::exemplar::Exemplar;
pub use collect::exemplars::setting::set_exemplars;
#[doc(hidden)]
pub use collect::exemplars::setting::{ExemplarRequest, request_exemplars};
#[doc(hidden)]
pub use collect::given_histogram::GivenHistogram;
#[doc(hidden)]
pub use collect::live::{Live, LiveSeries, LiveValue, read_live};
pub use collect::observation::{Observation, observe};
pub use collect::observation::{is_observing, observe_now};
#[doc(hidden)]
#[doc(hidden)]
pub use collect::observed_series::Observations;
#[doc(hidden)]
pub use collect::points::{Counting, Place, Point, PointReader};
#[doc(hidden)]
pub use collect::reader::snapshot_as_observed;
pub use collect::reader::{Reader, snapshot};
pub use collect::registry::catalog;
#[doc(hidden)]
pub use collect::registry::definitions;
pub use collect::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
pub use error::{Conflict, Error};
#[cfg(feature = "console")]
pub use handlers::console::ConsoleHandler;
pub use handlers::guard::{ShutdownGuard, shutdown_guard};
pub use handlers::handler::{HandlerError, MetricHandler};
pub use handlers::in_memory::InMemoryHandler;
pub use handlers::install::{
    add_metric_handler, clear_metric_handlers, flush, set_metric_handlers, shutdown,
};
#[doc(hidden)]
pub use handlers::names::back_end;
pub use handlers::names::{BACK_ENDS, BackEnd, HandlerChoice, IntoHandler, IntoHandlers};
pub use labels::attributes::collected::MAX_ATTRIBUTES;
pub use labels::attributes::{AttributeValue, Attributes, IntoAttributes};
#[doc(hidden)]
pub use labels::given::GivenAttributes;
pub use labels::label::Label;
pub use labels::outcome::Outcome;
pub use labels::set::Labels;
pub use labels::value::{LabelRef, LabelValue};
#[doc(hidden)]
pub use locks::in_section;
pub use locks::{ForkGuard, fork_guard};
pub use metric::definition::DEFAULT_SERIES_LIMIT;
pub use metric::descriptor::Descriptor;
pub use metric::dropped::DropReason;
pub use metric::kind::{MetricType, ValueType};
pub use metric::label_descriptor::LabelDescriptor;
pub use metric::lifetime::set_default_expiry;
pub use metric::metric_id::MetricId;
pub use metric::objective::{FunctionObjective, Objective};
pub use metric::presentation::MAX_STATES;
pub use metric::scope::Scope;
pub use metric::series_id::SeriesId;
pub use metric::source::Source;
pub use number::Number;
#[doc(hidden)]
pub use report::report;
pub use rules::exponential::{ExponentialError, ExponentialSettings};
#[doc(hidden)]
pub use runtime::imported::{
    ImportedLabels, ImportedMetric, ImportedValue, import_metric, observe_imported,
    snapshot_without_imports,
};
pub use runtime::metric::Metric;
pub use runtime::names::MAX_RUNTIME_METRICS;
pub use runtime::overriding::{Override, override_metric};
pub use runtime::process_labels::set_process_labels;
pub use runtime::record::{record_metric, register_metric};
pub use runtime::registered::RuntimeMetric;
#[doc(hidden)]
pub use runtime::scoped::ScopedDefinition;
#[doc(hidden)]
pub use runtime::scoped_metric::{ScopedMetric, ScopedSeries};
pub use store::exemplars::span::CurrentSpan;
pub use store::exemplars::switch::ExemplarFilter;
pub use store::forward::Measurement;
pub use store::value::{HistogramSnapshot, Value};
pub use typed::group::{FoundLabels, IntoLabels, LabelGroup};
pub use typed::handle::{Counter, Entered, Gauge, Handle, Histogram, Timer, UpDownCounter, kind};
pub use typed::metrics::Metrics;
pub use typed::state::{Info, State};
