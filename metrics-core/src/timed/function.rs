//! Timed functions as such: the metric that those have that name none, and what is aimed at for them.

use std::sync::OnceLock;

use crate::descriptor::{Definition, Descriptor, LabelDescriptor, MetricType, Source, ValueType};
use crate::family::Family;
use crate::key::{Part, Parts};
use crate::label::LabelRef;
use crate::objective::{FunctionObjective, Objective};
use crate::outcome::Outcome;
use crate::series::Series;
use crate::timed::anchor::Known;

/// Functions whose `#[timed]` names no metric, or an objective, of all linked crates; put together by
/// the linker.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static FUNCTIONS: [Function];

fn functions() -> &'static [Function] {
    if cfg!(miri) { &[] } else { &FUNCTIONS }
}

/// From 10 µs, below which functions are better measured together, to the 10 s of a slow request.
const BOUNDARIES: &[f64] = &[
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

static DESCRIPTOR: Descriptor = Descriptor::new(Definition {
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

static FAMILY: Family = Family::new(&DESCRIPTOR, &FAMILY);

/// The metric of functions whose `#[timed]` names none, if there is one.
pub(crate) fn function_duration() -> Option<&'static Family> {
    functions().iter().any(|function| function.metric.is_none()).then_some(&FAMILY)
}

/// What is aimed at for the functions that are timed with a metric.
pub(crate) fn objectives_of(descriptor: &Descriptor) -> Vec<FunctionObjective> {
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

/// A timed function. One static in each that names no metric or an objective.
#[derive(Debug)]
pub struct Function {
    source: Source,
    /// The name that the compiler gives to a type inside the function.
    inside: fn() -> &'static str,
    metric: Option<fn() -> &'static Descriptor>,
    objectives: &'static [Objective],
    name: OnceLock<Box<str>>,
    series: Known,
}

impl Function {
    /// `source.item` is the function's name as it is written.
    #[must_use]
    pub const fn new(
        source: Source,
        inside: fn() -> &'static str,
        metric: Option<fn() -> &'static Descriptor>,
        objectives: &'static [Objective],
    ) -> Self {
        Self { source, inside, metric, objectives, name: OnceLock::new(), series: Known::new() }
    }

    /// The series of `function.duration` for a call that ended so.
    #[inline(always)]
    pub(crate) fn series(&'static self, outcome: Outcome) -> Series {
        self.series.of(outcome, || self.find(outcome))
    }

    fn find(&'static self, outcome: Outcome) -> Series {
        #[cfg(miri)]
        {
            static ADDED: std::sync::Once = std::sync::Once::new();
            ADDED.call_once(|| crate::registry::add(&FAMILY));
        }
        let text = |text| Part { index: 0, pending: 0, open: Some(LabelRef::Str(text)) };
        let outcome = Part { index: outcome.place(), pending: 0, open: None };
        FAMILY.find(&Parts([text(self.name()), text(self.source.module), outcome]))
    }

    fn descriptor(&self) -> &'static Descriptor {
        self.metric.map_or(&DESCRIPTOR, |metric| metric())
    }

    fn source(&'static self) -> Source {
        Source { item: self.name(), ..self.source }
    }

    /// The function's path inside its module, with the type that it is a method of.
    fn name(&'static self) -> &'static str {
        self.name.get_or_init(|| {
            let path = path_in_module((self.inside)(), self.source.module);
            path.filter(|path| path.contains(self.source.item))
                .unwrap_or_else(|| self.source.item.to_owned())
                .into()
        })
    }
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
        assert_eq!(crate::buckets::check_boundaries(BOUNDARIES), Ok(()));
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
