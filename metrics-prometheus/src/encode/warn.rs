//! Warnings about what a scrape leaves out, each once in the life of the program.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use log::Level;
use typed_metrics_core::{Descriptor, report};

use crate::conflicts::{NameConflict, new_and_old};

/// Reports a metric whose name belongs to another one.
pub(super) fn warn_of_name(conflict: &NameConflict) {
    warn_once(conflict.second.name(), || format!("{conflict}; the scrape leaves it out"));
}

/// Reports series of two metrics that have one name and the same labels.
pub(super) fn warn_of_equal_series(name: &str, kept: &Descriptor, other: &'static Descriptor) {
    warn_once(other.name(), || {
        if let Some((new, old)) = new_and_old(kept, other) {
            return format!(
                "metric `{}` ({}) and its own old name `{}` are both `{name}` in Prometheus; the \
                 scrape has the metric once; leave out `was`",
                new.name(),
                new.source(),
                old.name(),
            );
        }
        format!(
            "metrics `{}` ({}) and `{}` ({}) are both `{name}` in Prometheus and have series with \
             the same labels; the scrape leaves out those of `{}`; rename one metric",
            kept.name(),
            kept.source(),
            other.name(),
            other.source(),
            other.name(),
        )
    });
}

fn warn_once(metric: &'static str, text: impl FnOnce() -> String) {
    static WARNED: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let is_new = WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(metric);
    if is_new {
        let subject = format!("name of metric `{metric}` in Prometheus");
        report(Level::Warn, &subject, format_args!("{}", text()));
    }
}
