//! The metrics that this crate has registered, by kind and name.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

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
        // Without the lock, because messages and handlers are foreign code.
        let metric = self.register(kind, name, |name| define(name, &described));
        self.with_table(|table| {
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
        kind: MetricType,
        name: &str,
        define: impl Fn(&str) -> Metric,
    ) -> Option<ScopedMetric> {
        let call = self.call;
        let error = match import_metric(define(name), call) {
            Ok(metric) => return Some(metric),
            Err(error) => error,
        };
        let other = format!("{name}.{}", kind.to_string().replace([' ', '-'], "_"));
        if let Ok(metric) = import_metric(define(&other), call) {
            let text = format_args!(
                "{error}; until then, the {kind} `{name}` of {call} is recorded as `{other}`"
            );
            report(Level::Warn, &format!("clash of {name} of {call}"), text);
            return Some(metric);
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
