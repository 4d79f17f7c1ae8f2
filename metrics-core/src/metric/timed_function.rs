//! Functions with `#[timed]`, as far as they are known without a call.

use std::sync::OnceLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::descriptor::{Definition, Descriptor};
use super::kind::{MetricType, ValueType};
use super::label_descriptor::LabelDescriptor;
use super::objective::{FunctionObjective, Objective};
use super::source::Source;
use crate::labels::outcome::Outcome;

/// Functions whose `#[timed]` names no metric, or an objective, of all linked crates; put together by
/// the linker.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static TYPED_METRICS_CORE_0_1_FUNCTIONS: [TimedFunction];
#[doc(hidden)]
pub use TYPED_METRICS_CORE_0_1_FUNCTIONS as FUNCTIONS;

fn functions() -> &'static [TimedFunction] {
    if cfg!(miri) { &[] } else { &FUNCTIONS }
}

/// From 10 µs, below which functions are better measured together, to the 10 s of a slow request.
const BOUNDARIES: &[f64] = &[
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

pub(crate) static FUNCTION_DURATION: Descriptor = Descriptor::new(Definition {
    name: "function.duration",
    metric_type: MetricType::Histogram,
    value_type: ValueType::F64,
    unit: "s",
    description: "Duration of calls of functions with `#[timed]`.",
    labels: &[
        LabelDescriptor::of::<&'static str>("function"),
        LabelDescriptor::of::<&'static str>("module"),
        LabelDescriptor::of::<Outcome>("outcome"),
    ],
    boundaries: BOUNDARIES,
    // A function has up to four series, and a large program thousands of functions.
    series_limit: 10_000,
    source: Source { file: file!(), line: line!(), module: module_path!(), item: "#[timed]" },
});

/// A function with `#[timed]`. One static in each that names no metric, or that has an objective.
#[derive(Debug)]
pub struct TimedFunction {
    source: Source,
    /// The name that the compiler gives to a type inside the function.
    inside: fn() -> &'static str,
    metric: Option<fn() -> &'static Descriptor>,
    objectives: &'static [Objective],
    name: OnceLock<Box<str>>,
}

impl TimedFunction {
    /// `source.item` is the name of the function as it is written.
    #[must_use]
    pub const fn new(
        source: Source,
        inside: fn() -> &'static str,
        metric: Option<fn() -> &'static Descriptor>,
        objectives: &'static [Objective],
    ) -> Self {
        Self { source, inside, metric, objectives, name: OnceLock::new() }
    }

    fn descriptor(&self) -> &'static Descriptor {
        self.metric.map_or(&FUNCTION_DURATION, |metric| metric())
    }

    fn source(&'static self) -> Source {
        Source { item: self.name(), ..self.source }
    }

    /// The module that the function is defined in.
    pub(crate) fn module(&self) -> &'static str {
        self.source.module
    }

    /// The path of the function inside its module, with the type that it is a method of.
    pub(crate) fn name(&'static self) -> &'static str {
        self.name.get_or_init(|| {
            let path = path_in_module((self.inside)(), self.source.module);
            path.filter(|path| path.contains(self.source.item))
                .unwrap_or_else(|| self.source.item.to_owned())
                .into()
        })
    }
}

/// Whether some function of a linked crate records in [`FUNCTION_DURATION`].
pub(crate) fn is_function_duration_used() -> bool {
    functions().iter().any(|function| function.metric.is_none())
}

impl Descriptor {
    /// What is aimed at for the functions that `#[timed(…, objective = …)]` times with this metric, in
    /// every linked crate.
    #[must_use]
    pub fn objectives(&self) -> Vec<FunctionObjective> {
        objectives_of(self)
    }
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let d = self.definition();
        let objectives = self.objectives();
        let fields = 9 + usize::from(!objectives.is_empty());
        let mut s = serializer.serialize_struct("Descriptor", fields)?;
        s.serialize_field("name", d.name)?;
        s.serialize_field("type", &d.metric_type)?;
        s.serialize_field("value_type", &d.value_type)?;
        s.serialize_field("unit", d.unit)?;
        s.serialize_field("description", d.description)?;
        s.serialize_field("labels", d.labels)?;
        s.serialize_field("boundaries", d.boundaries)?;
        s.serialize_field("series_limit", &d.series_limit)?;
        s.serialize_field("source", &d.source)?;
        if !objectives.is_empty() {
            s.serialize_field("objectives", &objectives)?;
        }
        s.end()
    }
}

/// What is aimed at for the functions that are timed with a metric.
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
    // The linker gives them in any order.
    all.sort_by_key(|objective| (objective.function.file, objective.function.line));
    all
}

/// `Cart::pay` of `shop::cart::Cart<_>::pay::inside`, as far as the compiler's text can be read.
fn path_in_module(inside: &str, module: &str) -> Option<String> {
    let (path, _) = inside.rsplit_once("::")?;
    let path = without_module(&path.replace("::{{closure}}", ""), module);
    Some(without_parameters(&path))
}

/// Without the module, wherever a path begins with it: not inside of a longer name.
fn without_module(path: &str, module: &str) -> String {
    let prefix = format!("{module}::");
    let mut kept = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(&prefix) {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        let is_inside = kept.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
        if is_inside {
            kept.push_str(&prefix);
        }
        rest = &after[prefix.len()..];
    }
    kept + rest
}

/// Without what stands in angles behind a name: how that is written is up to the compiler. Those of
/// `<Cart as Pay>` stay.
fn without_parameters(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut depth = 0_u32;
    for c in path.chars() {
        match c {
            '<' if depth > 0 || kept.ends_with(|c: char| c.is_alphanumeric() || c == '_') => {
                depth += 1;
            }
            '>' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            c => kept.push(c),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_keep_the_rule() {
        assert_eq!(crate::rules::buckets::check_boundaries(BOUNDARIES), Ok(()));
    }

    #[test]
    fn a_function_is_called_by_its_path_in_its_module() {
        let name = |inside| path_in_module(inside, "shop::cart").unwrap();
        assert_eq!(name("shop::cart::pay::inside"), "pay");
        assert_eq!(name("shop::cart::pay::{{closure}}::inside"), "pay");
        assert_eq!(name("shop::cart::Cart::pay::inside"), "Cart::pay");
        assert_eq!(name("shop::cart::Cart<alloc::vec::Vec<T>>::pay::inside"), "Cart::pay");
        assert_eq!(
            name("<shop::cart::Cart as shop::Pay>::pay::inside"),
            "<Cart as shop::Pay>::pay"
        );
        // The module's name inside of others.
        let name = |inside| path_in_module(inside, "p").unwrap();
        assert_eq!(name("<p::Foo as http::Bar>::x::inside"), "<Foo as http::Bar>::x");
        assert_eq!(name("<p::Foo as q::p::Bar>::x::inside"), "<Foo as q::p::Bar>::x");
    }
}
