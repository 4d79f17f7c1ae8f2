//! The facts about functions with `#[timed]` that are known without a call.

use std::sync::OnceLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::definition::Definition;
use super::descriptor::Descriptor;
use super::function_name::path_in_module;
use super::label_descriptor::LabelDescriptor;
use super::lifetime::Lifetime;
use super::objective::{FunctionObjective, Objective};
use super::source::{Place, Source};
use crate::labels::outcome::Outcome;
use crate::rules::kind::{MetricType, ValueType};

/// The functions of all linked crates whose `#[timed]` names no metric, or has an objective. The
/// linker collects them.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static TYPED_METRICS_CORE_0_1_FUNCTIONS: [TimedFunction];
#[doc(hidden)]
pub use TYPED_METRICS_CORE_0_1_FUNCTIONS as FUNCTIONS;

fn functions() -> &'static [TimedFunction] {
    if cfg!(miri) { &[] } else { &FUNCTIONS }
}

/// From 10 µs, below which functions are better measured in batches, to the 10 s of a slow
/// request.
const BOUNDARIES: &[f64] = &[
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

const LABELS: &[LabelDescriptor] = &[
    LabelDescriptor::of::<&'static str>("function"),
    LabelDescriptor::of::<&'static str>("module"),
    LabelDescriptor::of::<Outcome>("outcome"),
];

/// A function has up to four series, and a large program has thousands of functions.
const SERIES_LIMIT: usize = 10_000;

pub(crate) static FUNCTION_DURATION: Descriptor = Descriptor::new(Definition {
    name: "function.duration",
    metric_type: MetricType::Histogram,
    value_type: ValueType::F64,
    unit: "s",
    description: "Duration of calls of functions with `#[timed]`.",
    labels: LABELS,
    boundaries: BOUNDARIES,
    exponential: None,
    series_limit: SERIES_LIMIT,
    lifetime: Lifetime::UNSET,
    presentation: None,
    place: &Place { file: file!(), module: module_path!() },
    line: line!(),
    item: "#[timed]",
});

pub(crate) static FUNCTION_CALLS: Descriptor = Descriptor::new(Definition {
    name: "function.calls",
    metric_type: MetricType::Counter,
    value_type: ValueType::U64,
    unit: "{call}",
    description: "Calls of functions with `#[timed(sample = …)]`, measured or not.",
    labels: LABELS,
    boundaries: &[],
    exponential: None,
    series_limit: SERIES_LIMIT,
    lifetime: Lifetime::UNSET,
    presentation: None,
    place: &Place { file: file!(), module: module_path!() },
    line: line!(),
    item: "#[timed]",
});

/// A function with `#[timed]`: one static in each function that names no metric or has an
/// objective.
#[derive(Debug)]
pub struct TimedFunction {
    source: Source,
    /// Returns the compiler's name of a type inside the function.
    inside: fn() -> &'static str,
    metric: Option<fn() -> &'static Descriptor>,
    objectives: &'static [Objective],
    /// Whether only some of the calls are measured.
    is_sampled: bool,
    name: OnceLock<Box<str>>,
}

impl TimedFunction {
    /// `source.item` is the name of the function as it is written in the source code.
    #[must_use]
    pub const fn new(
        source: Source,
        inside: fn() -> &'static str,
        metric: Option<fn() -> &'static Descriptor>,
        objectives: &'static [Objective],
    ) -> Self {
        Self { source, inside, metric, objectives, is_sampled: false, name: OnceLock::new() }
    }

    /// A function of which only some calls are measured. It names no metric and has no objective.
    #[must_use]
    pub const fn sampled(source: Source, inside: fn() -> &'static str) -> Self {
        let name = OnceLock::new();
        Self { source, inside, metric: None, objectives: &[], is_sampled: true, name }
    }

    fn descriptor(&self) -> &'static Descriptor {
        self.metric.map_or(&FUNCTION_DURATION, |metric| metric())
    }

    fn source(&'static self) -> Source {
        Source { item: self.name(), ..self.source }
    }

    /// The module that defines the function.
    pub(crate) fn module(&self) -> &'static str {
        self.source.module
    }

    /// The path of the function inside its module, including the type that the function is a method
    /// of.
    pub(crate) fn name(&'static self) -> &'static str {
        if let Some(name) = self.name.get() {
            return name;
        }
        let path = path_in_module((self.inside)(), self.source.module);
        let path = path.filter(|path| path.contains(self.source.item));
        // Made before the cell is initialized: a timed global allocator may ask for its own name
        // while the name is made.
        let name = path.unwrap_or_else(|| self.source.item.to_owned()).into();
        self.name.get_or_init(|| name)
    }
}

/// Whether a function of a linked crate records in [`FUNCTION_DURATION`].
pub(crate) fn is_function_duration_used() -> bool {
    functions().iter().any(|function| function.metric.is_none())
}

/// Whether a function of a linked crate records in [`FUNCTION_CALLS`].
pub(crate) fn is_function_calls_used() -> bool {
    functions().iter().any(|function| function.metric.is_none() && function.is_sampled)
}

impl Descriptor {
    /// The objectives of the functions in all linked crates that `#[timed(…, objective = …)]` times
    /// with this metric.
    #[must_use]
    pub fn objectives(&self) -> Vec<FunctionObjective> {
        objectives_of(self)
    }
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let d = self.definition();
        let objectives = self.objectives();
        let texts = [
            ("state_label", self.state_label()),
            ("was", self.was()),
            ("renamed_to", self.renamed_to()),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text?)));
        let fields = 9
            + texts.clone().count()
            + usize::from(self.is_info())
            + usize::from(self.scope().is_some())
            + usize::from(!objectives.is_empty());
        let mut s = serializer.serialize_struct("Descriptor", fields)?;
        s.serialize_field("name", d.name)?;
        s.serialize_field("type", &d.metric_type)?;
        s.serialize_field("value_type", &d.value_type)?;
        s.serialize_field("unit", self.unit())?;
        s.serialize_field("description", self.description())?;
        s.serialize_field("labels", d.labels)?;
        s.serialize_field("boundaries", self.boundaries())?;
        s.serialize_field("series_limit", &self.series_limit())?;
        s.serialize_field("source", &d.source())?;
        for (key, text) in texts {
            s.serialize_field(key, text)?;
        }
        if let Some(scope) = self.scope() {
            s.serialize_field("scope", scope)?;
        }
        if self.is_info() {
            s.serialize_field("info", &true)?;
        }
        if !objectives.is_empty() {
            s.serialize_field("objectives", &objectives)?;
        }
        s.end()
    }
}

/// The objectives of the functions that are timed with a metric.
fn objectives_of(descriptor: &Descriptor) -> Vec<FunctionObjective> {
    let timed = functions().iter().filter(|function| !function.objectives.is_empty());
    let timed = timed.filter(|function| function.descriptor().name() == descriptor.name());
    let mut all: Vec<_> = timed
        .flat_map(|function| {
            let source = function.source();
            let objectives = function.objectives.iter();
            objectives.map(move |&objective| FunctionObjective { objective, function: source })
        })
        .collect();
    // The linker's order is arbitrary.
    all.sort_by_key(|objective| (objective.function.file, objective.function.line));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_keep_the_rule() {
        assert_eq!(crate::rules::buckets::check_boundaries(BOUNDARIES), Ok(()));
    }
}
