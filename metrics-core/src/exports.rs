//! The names of the engine that programs and back ends use.

pub use crate::typed::value;

pub use crate::cells::exponential::buckets::{ExponentialBuckets, ExponentialRange};
pub use crate::collect::changes::{ChangeReader, Changes, MetricChanges, SeriesChange};
pub use crate::collect::conflicts::{Resolution, check, resolve_conflict};
#[doc(hidden)]
pub use crate::collect::default_aggregation::exponential_by_default;
pub use crate::collect::exemplars::exemplar::Exemplar;
pub use crate::collect::exemplars::setting::set_exemplars;
#[doc(hidden)]
pub use crate::collect::exemplars::setting::{ExemplarRequest, request_exemplars};
#[doc(hidden)]
pub use crate::collect::given_histogram::GivenHistogram;
#[doc(hidden)]
pub use crate::collect::live::{Live, LiveSeries, LiveValue, read_live};
pub use crate::collect::observation::{Observation, observe};
pub use crate::collect::observation::{is_observing, observe_now};
#[doc(hidden)]
pub use crate::collect::observed_series::Observations;
#[doc(hidden)]
pub use crate::collect::points::{Counting, Place, Point, PointReader};
#[doc(hidden)]
pub use crate::collect::reader::snapshot_as_observed;
pub use crate::collect::reader::{Reader, snapshot};
pub use crate::collect::registry::catalog;
#[doc(hidden)]
pub use crate::collect::registry::definitions;
pub use crate::collect::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
pub use crate::error::{Conflict, Error};
#[cfg(feature = "console")]
pub use crate::handlers::console::ConsoleHandler;
pub use crate::handlers::guard::{ShutdownGuard, shutdown_guard};
pub use crate::handlers::handler::{HandlerError, MetricHandler};
pub use crate::handlers::in_memory::InMemoryHandler;
pub use crate::handlers::install::{
    add_metric_handler, clear_metric_handlers, flush, set_metric_handlers, shutdown,
};
#[doc(hidden)]
pub use crate::handlers::names::back_end;
pub use crate::handlers::names::{BACK_ENDS, BackEnd, HandlerChoice, IntoHandler, IntoHandlers};
pub use crate::labels::attributes::collected::MAX_ATTRIBUTES;
pub use crate::labels::attributes::{AttributeValue, Attributes, IntoAttributes};
#[doc(hidden)]
pub use crate::labels::given::GivenAttributes;
pub use crate::labels::label::Label;
pub use crate::labels::outcome::Outcome;
pub use crate::labels::set::Labels;
pub use crate::labels::value::{LabelRef, LabelValue};
#[doc(hidden)]
pub use crate::locks::in_section;
pub use crate::locks::{ForkGuard, fork_guard};
pub use crate::metric::descriptor::Descriptor;
pub use crate::metric::dropped::DropReason;
pub use crate::metric::label_descriptor::LabelDescriptor;
pub use crate::metric::lifetime::set_default_expiry;
pub use crate::metric::metric_id::MetricId;
pub use crate::metric::objective::{FunctionObjective, Objective};
pub use crate::metric::presentation::MAX_STATES;
pub use crate::metric::scope::Scope;
pub use crate::metric::series_id::SeriesId;
pub use crate::metric::source::Source;
pub use crate::number::Number;
#[doc(hidden)]
pub use crate::report::report;
pub use crate::rules::exponential::{ExponentialError, ExponentialSettings};
#[doc(hidden)]
pub use crate::runtime::imported::{
    ImportedLabels, ImportedMetric, ImportedValue, import_metric, observe_imported,
    snapshot_without_imports,
};
pub use crate::runtime::metric::Metric;
pub use crate::runtime::names::MAX_RUNTIME_METRICS;
pub use crate::runtime::overriding::{Override, override_metric};
pub use crate::runtime::process_labels::set_process_labels;
pub use crate::runtime::record::{record_metric, register_metric};
pub use crate::runtime::registered::RuntimeMetric;
#[doc(hidden)]
pub use crate::runtime::scoped::ScopedDefinition;
#[doc(hidden)]
pub use crate::runtime::scoped_metric::{ScopedMetric, ScopedSeries};
pub use crate::store::exemplars::span::CurrentSpan;
pub use crate::store::exemplars::switch::ExemplarFilter;
pub use crate::store::forward::Measurement;
pub use crate::store::value::{HistogramSnapshot, Value};
pub use crate::typed::group::{FoundLabels, IntoLabels, LabelGroup};
pub use crate::typed::handle::{
    Counter, Entered, Gauge, Handle, Histogram, Timer, UpDownCounter, kind,
};
pub use crate::typed::metrics::Metrics;
pub use crate::typed::state::{Info, State};
