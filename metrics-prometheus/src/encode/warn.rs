//! Warnings about what a scrape leaves out, each once in the life of the program.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use log::Level;
use typed_metrics_core::{Descriptor, report};

use crate::conflicts::{NameConflict, new_and_old};

/// The warnings of one scrape, which are reported when nothing is locked any more: the logger of
/// the program may read the metrics itself.
#[derive(Debug, Default)]
#[must_use = "call `report` after the scrape"]
pub(super) struct Warnings(Vec<(&'static str, String)>);

impl Warnings {
    /// Adds a metric whose name belongs to another one.
    pub(super) fn add_name(&mut self, conflict: &NameConflict) {
        self.add(conflict.second.name(), || format!("{conflict}; the scrape leaves it out"));
    }

    /// Adds series of two metrics that have one name and the same labels.
    pub(super) fn add_equal_series(
        &mut self,
        name: &str,
        kept: &Descriptor,
        other: &'static Descriptor,
    ) {
        self.add(other.name(), || {
            if let Some((new, old)) = new_and_old(kept, other) {
                return format!(
                    "metric `{}` ({}) and its own old name `{}` are both `{name}` in Prometheus; \
                     the scrape has the metric once; leave out `was`",
                    new.name(),
                    new.source(),
                    old.name(),
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
        self.add(other.name(), || {
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

    fn add(&mut self, metric: &'static str, text: impl FnOnce() -> String) {
        static WARNED: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
        let is_new = WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(metric);
        if is_new {
            self.0.push((metric, text()));
        }
    }

    /// Reports all warnings. Calls the logger of the program.
    pub(super) fn report(self) {
        for (metric, text) in self.0 {
            let subject = format!("name of metric `{metric}` in Prometheus");
            report(Level::Warn, &subject, format_args!("{text}"));
        }
    }
}
