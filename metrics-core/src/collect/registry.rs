//! The registry: every metric of the process, known without a call.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use crate::error::Error;
use crate::metric::descriptor::Descriptor;
use crate::store::family::Family;
use crate::store::function_duration::function_duration;
use crate::sync::lock;

/// The metrics of all linked crates that derive `Metrics`, put together by the linker: there is no
/// code that runs before `main`.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static FAMILIES: [Family];

/// The typed metrics. Miri runs no linker: there they are added one by one.
fn linked() -> impl Iterator<Item = &'static Family> {
    let derived: &'static [Family] = if cfg!(miri) { &[] } else { &FAMILIES };
    derived.iter().chain(function_duration())
}

/// Metrics registered at run time.
static RUNTIME: Mutex<Vec<&'static Family>> = Mutex::new(Vec::new());

/// Every family, typed ones first.
pub(crate) fn families() -> Vec<&'static Family> {
    let runtime = lock(&RUNTIME);
    linked().chain(runtime.iter().copied()).collect()
}

/// Adds a run-time metric.
pub(crate) fn add(family: &'static Family) {
    lock(&RUNTIME).push(family);
}

/// The typed metrics that are there under this name; names are compared without case, as
/// OpenTelemetry does.
pub(crate) fn typed(name: &str) -> Option<&'static Family> {
    linked().find(|family| family.descriptor().name().eq_ignore_ascii_case(name))
}

/// The descriptors of all metrics of the process: those of every linked crate, recorded or not, and
/// those registered at run time so far.
///
/// Sorted by name. A metric that is defined several times alike stands there once.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::Metric;
///
/// typed_metrics::register_metric("jobs", Metric::counter("jobs").unit("{job}")).unwrap();
/// assert!(typed_metrics::catalog().iter().any(|metric| metric.name() == "jobs"));
/// ```
#[must_use]
pub fn catalog() -> Vec<&'static Descriptor> {
    let mut all: Vec<_> = families().into_iter().map(Family::descriptor).collect();
    all.sort_by_key(|descriptor| descriptor.name());
    all.dedup_by(|a, b| a.name() == b.name() && a.difference(b).is_none());
    all
}

/// Checks that no two definitions of one metric disagree.
///
/// Setting handlers checks it too. A test that calls it finds out before the program starts:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// assert!(typed_metrics::check().is_ok());
/// ```
///
/// # Errors
/// [`Error::Conflict`] names the metric, what differs, and both places in the source;
/// [`Error::Several`] has one for each metric.
pub fn check() -> Result<(), Error> {
    // The linker decides on typed metrics once and for all; run-time ones are checked as they come.
    static CHECKED: OnceLock<Result<(), Error>> = OnceLock::new();
    CHECKED.get_or_init(|| conflict(linked().map(Family::descriptor))).clone()
}

fn conflict(descriptors: impl Iterator<Item = &'static Descriptor>) -> Result<(), Error> {
    let mut seen: HashMap<String, &'static Descriptor> = HashMap::new();
    let mut conflicts = Vec::new();
    for descriptor in descriptors {
        // OpenTelemetry merges names that differ in case only.
        let first = *seen.entry(descriptor.name().to_ascii_lowercase()).or_insert(descriptor);
        conflicts.extend(Error::conflict(first, descriptor));
    }
    Error::all(conflicts)
}
