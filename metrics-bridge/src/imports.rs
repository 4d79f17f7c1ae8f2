//! The metrics that this crate has registered, by kind and name.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use log::Level;
use typed_metrics_core::{Metric, MetricType, ScopedMetric, import_metric, in_section, report};

/// The metrics of one foreign crate.
pub(crate) struct Imports {
    /// The crate, for messages.
    call: &'static str,
    table: LazyLock<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    /// `None` if the metric could not be registered, which was reported.
    metrics: HashMap<(MetricType, String), Option<ScopedMetric>>,
    descriptions: HashMap<(MetricType, String), Description>,
    /// The definitions of metrics that are being registered. Threads that use a metric for the
    /// first time at once register one definition: with another description or other settings, the
    /// second one would clash with the first.
    registering: HashMap<(MetricType, String), Arc<Definitions>>,
}

/// The definitions of a metric under its name, and under its name and kind.
struct Definitions {
    own: Metric,
    /// Empty unless the name is another metric's.
    with_kind: OnceLock<Metric>,
}

/// The unit and the description that a crate gives a metric.
#[derive(Debug, Clone, Default)]
pub(crate) struct Description {
    pub(crate) unit: &'static str,
    pub(crate) text: String,
}

/// Metrics that are described stay in memory, so their number has a limit, as registered ones have.
#[cfg(feature = "metrics-facade")]
const MOST_DESCRIPTIONS: usize = typed_metrics_core::MAX_RUNTIME_METRICS;

/// From this number on, a metric that is refused is not remembered, and refused again.
const MOST_NAMES: usize = 2 * typed_metrics_core::MAX_RUNTIME_METRICS;

impl Imports {
    pub(crate) const fn new(call: &'static str) -> Self {
        Self { call, table: LazyLock::new(Mutex::default) }
    }

    /// The metric of this kind and name, which is registered as `define` says when it is not known;
    /// `None` if that is impossible.
    ///
    /// If another metric has the name, the metric is registered under its name and kind, such as
    /// `jobs.gauge`, which is reported. So nothing that is recorded in either metric is lost.
    pub(crate) fn metric(
        &self,
        kind: MetricType,
        name: &str,
        define: impl Fn(&str, &Description) -> Metric,
    ) -> Option<ScopedMetric> {
        let key = (kind, name.to_owned());
        let described = self.with_table(|table| {
            let known = table.metrics.get(&key).copied();
            known.ok_or_else(|| table.descriptions.get(&key).cloned().unwrap_or_default())
        });
        let described = match described {
            Ok(known) => return known,
            Err(described) => described,
        };
        let own = define(name, &described);
        let definitions = Arc::new(Definitions { own, with_kind: OnceLock::new() });
        let definitions = self.with_table(|table| {
            // Another thread may have been faster.
            let known = table.metrics.get(&key).copied();
            let first = || table.registering.entry(key.clone()).or_insert(definitions);
            known.map_or_else(|| Err(Arc::clone(first())), Ok)
        });
        let definitions = match definitions {
            Ok(known) => return known,
            Err(definitions) => definitions,
        };
        // Without the lock, because messages and handlers are foreign code.
        let metric = self.register(&key, &definitions, |name| define(name, &described));
        self.with_table(|table| {
            table.registering.remove(&key);
            // Names of refused metrics may come from the program's input.
            if metric.is_none() && table.metrics.len() >= MOST_NAMES {
                return table.metrics.get(&key).copied().flatten();
            }
            // Another thread may have been faster, and a description may have come meanwhile.
            let metric = *table.metrics.entry(key.clone()).or_insert(metric);
            if let (Some(metric), Some(described)) = (metric, table.descriptions.get(&key)) {
                metric.describe(described.unit, &described.text);
            }
            metric
        })
    }

    /// Describes the metric of this kind and name, which may be registered already or later. The
    /// first description counts.
    #[cfg(feature = "metrics-facade")]
    pub(crate) fn describe(&self, kind: MetricType, name: &str, description: Description) {
        let key = (kind, name.to_owned());
        self.with_table(|table| {
            let is_full = table.descriptions.len() >= MOST_DESCRIPTIONS;
            if is_full || table.descriptions.contains_key(&key) {
                return;
            }
            if let Some(Some(metric)) = table.metrics.get(&key) {
                metric.describe(description.unit, &description.text);
            }
            table.descriptions.insert(key, description);
        });
    }

    fn register(
        &self,
        key: &(MetricType, String),
        definitions: &Definitions,
        define: impl FnOnce(&str) -> Metric,
    ) -> Option<ScopedMetric> {
        let (call, (kind, name)) = (self.call, key);
        let error = match import_metric(definitions.own.clone(), call) {
            Ok(metric) => return Some(metric),
            Err(error) => error,
        };
        // If another thread has registered and described the metric, the description is no clash.
        let known = || self.with_table(|table| table.metrics.get(key).copied());
        if let Some(known) = known() {
            return known;
        }
        let other = name_with_kind(*kind, name);
        let with_kind = definitions.with_kind.get().cloned().unwrap_or_else(|| {
            // Before `get_or_init`, in which other threads would wait for foreign code.
            let defined = define(&other);
            definitions.with_kind.get_or_init(|| defined).clone()
        });
        if let Ok(metric) = import_metric(with_kind, call) {
            let text = format_args!(
                "{error}; until then, the {kind} `{name}` of {call} is recorded as `{other}`"
            );
            report(Level::Warn, &format!("clash of {name} of {call}"), text);
            return Some(metric);
        }
        if let Some(known) = known() {
            return known;
        }
        // One subject for all, because a program may make names from its input.
        let text = format_args!("{error}; the {kind} `{name}` of {call} is not recorded");
        report(Level::Error, &format!("refused metrics of {call}"), text);
        None
    }

    /// No other thread holds the lock when the process is forked under a guard.
    fn with_table<R>(&self, f: impl FnOnce(&mut Table) -> R) -> R {
        in_section(|| {
            let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            f(&mut table)
        })
    }
}

/// The name of a metric whose own name another metric has, such as `jobs.gauge`.
fn name_with_kind(kind: MetricType, name: &str) -> String {
    format!("{name}.{}", kind.to_string().replace([' ', '-'], "_"))
}

#[cfg(all(test, feature = "metrics-facade"))]
mod tests {
    use super::*;
    use typed_metrics_core::snapshot;

    static IMPORTS: Imports = Imports::new("a test");

    fn counter(name: &str, described: &Description) -> Metric {
        Metric::counter(name).unit(described.unit).description(described.text.as_str())
    }

    fn described() -> Description {
        Description { unit: "By", text: "Described.".to_owned() }
    }

    /// Asserts that one metric has this name, with the description.
    fn assert_one(name: &str) {
        let snapshot = snapshot();
        let metric = snapshot.get(name).unwrap().descriptor;
        assert_eq!((metric.unit(), metric.description()), ("By", "Described."));
        assert!(snapshot.get(&format!("{name}.counter")).is_none(), "a clash of {name}");
    }

    #[test]
    fn a_description_during_the_first_use_makes_no_clash() {
        let kind = MetricType::Counter;
        // The description comes, and another thread uses the metric, while this one defines it.
        let first = IMPORTS.metric(kind, "imports.during", |name, known| {
            let definition = counter(name, known);
            IMPORTS.describe(kind, "imports.during", described());
            IMPORTS.metric(kind, "imports.during", counter);
            definition
        });
        assert!(first.is_some());
        assert_one("imports.during");
    }

    #[test]
    fn a_metric_is_defined_again_only_for_a_clash() {
        let defined = std::cell::RefCell::new(Vec::new());
        let use_as = |kind: MetricType, name: &str| {
            let metric = IMPORTS.metric(kind, name, |name, _| {
                defined.borrow_mut().push(name.to_owned());
                if kind == MetricType::Gauge { Metric::gauge(name) } else { Metric::counter(name) }
            });
            assert!(metric.is_some());
        };
        for _ in 0..2 {
            use_as(MetricType::Counter, "imports.once");
            use_as(MetricType::Gauge, "imports.once");
        }
        assert_eq!(*defined.borrow(), ["imports.once", "imports.once", "imports.once.gauge"]);
    }

    #[test]
    fn threads_that_use_and_describe_a_metric_at_once_make_no_clash() {
        let kind = MetricType::Counter;
        for round in 0..200 {
            let name = &*format!("imports.round{round}");
            let start = &std::sync::Barrier::new(4);
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    scope.spawn(move || {
                        start.wait();
                        if thread == 0 {
                            IMPORTS.describe(kind, name, described());
                        }
                        IMPORTS.metric(kind, name, counter).unwrap();
                    });
                }
            });
            assert_one(name);
        }
    }
}
