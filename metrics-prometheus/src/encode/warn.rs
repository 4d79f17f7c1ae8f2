//! Warnings about what a scrape leaves out, each once in the life of the program.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use log::Level;
use typed_metrics_core::{Descriptor, MetricId, Scope, report};

use crate::conflicts::{NameConflict, new_and_old};

/// The warnings of one scrape, which are reported when nothing is locked any more: the logger of
/// the program may read the metrics itself.
#[derive(Debug, Default)]
#[must_use = "call `report` after the scrape"]
pub(super) struct Warnings(Vec<(&'static Descriptor, String)>);

impl Warnings {
    /// Adds a metric whose name belongs to another one.
    pub(super) fn add_name(&mut self, conflict: &NameConflict) {
        self.add(conflict.second, || format!("{conflict}; the scrape leaves it out"));
    }

    /// Adds series of two metrics that have one name and the same labels.
    pub(super) fn add_equal_series(
        &mut self,
        name: &str,
        kept: &Descriptor,
        other: &'static Descriptor,
    ) {
        self.add(other, || {
            if let Some((new, old)) = new_and_old(kept, other) {
                return format!(
                    "metric `{}` ({}) and its own old name `{}` are both `{name}` in Prometheus; \
                     the scrape has the metric once; leave out `was`",
                    new.name(),
                    new.source(),
                    old.name(),
                );
            }
            if let (Some(first), Some(second)) = (kept.scope(), other.scope())
                && kept.name() == other.name()
            {
                let metric = kept.name();
                return format!(
                    "the scopes {} and {} of metric `{metric}` have the same labels in Prometheus, \
                     and so have series of the metric; the scrape leaves out those of the second \
                     scope; give the scopes different names or versions",
                    in_prose(first),
                    in_prose(second),
                );
            }
            format!(
                "metrics `{}` ({}) and `{}` ({}) are both `{name}` in Prometheus and have series \
                 with the same labels; the scrape leaves out those of `{}`; rename one metric",
                kept.name(),
                kept.source(),
                other.name(),
                other.source(),
                other.name(),
            )
        });
    }

    /// Adds series of two definitions of one histogram that have the same labels and other buckets.
    pub(super) fn add_other_buckets(&mut self, kept: &Descriptor, other: &'static Descriptor) {
        self.add(other, || {
            format!(
                "metric `{}` has other buckets at {} than at {}, and series with the same labels; \
                 the scrape leaves out those of the definition at {}; give both definitions the \
                 same buckets",
                kept.name(),
                other.source(),
                kept.source(),
                other.source(),
            )
        });
    }

    fn add(&mut self, metric: &'static Descriptor, text: impl FnOnce() -> String) {
        static WARNED: LazyLock<Mutex<HashSet<MetricId>>> = LazyLock::new(Mutex::default);
        let is_new = WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(metric.id());
        if is_new {
            self.0.push((metric, text()));
        }
    }

    /// Reports all warnings. Calls the logger of the program.
    pub(super) fn report(self) {
        for (metric, text) in self.0 {
            let (name, scope) = (metric.name(), metric.scope().map(in_prose).unwrap_or_default());
            let subject = format!("name of metric `{name}` in Prometheus {scope}");
            report(Level::Warn, &subject, format_args!("{text}"));
        }
    }
}

/// The facts of a scope, some of which may not be labels.
fn in_prose(scope: &Scope) -> String {
    let name = format!("`{}`", scope.name());
    let version = scope.version().map(|version| format!("version `{version}`"));
    let schema = scope.schema_url().map(|url| format!("schema `{url}`"));
    let attributes = scope.attributes();
    let attributes = (!attributes.is_empty()).then(|| attributes.to_string());
    let facts: Vec<String> =
        [Some(name), version, schema, attributes].into_iter().flatten().collect();
    format!("({})", facts.join(", "))
}
