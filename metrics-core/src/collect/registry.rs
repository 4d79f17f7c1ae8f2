//! The registry: every metric of the process, known before its first use.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};

use crate::locks::{force, lock};
use crate::metric::descriptor::Descriptor;
use crate::store::family::Family;
use crate::store::function_metrics::function_metrics;

/// The metrics of all linked crates that derive `Metrics`. The linker assembles the list, so no
/// code runs before `main`.
///
/// The linker identifies a slice by its name, so the name contains the crate and the version. Two
/// versions of this crate in one program have separate registries.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static TYPED_METRICS_CORE_0_1_FAMILIES: [&'static [Family]];
#[doc(hidden)]
pub use TYPED_METRICS_CORE_0_1_FAMILIES as FAMILIES;

/// The typed metrics. Miri has no linker, so the list of derived metrics is empty there.
pub(super) fn linked() -> impl Iterator<Item = &'static Family> {
    let derived: &'static [&'static [Family]] = if cfg!(miri) { &[] } else { &FAMILIES };
    derived.iter().copied().flatten().chain(function_metrics())
}

/// Metrics registered at run time.
static RUNTIME: Mutex<Vec<&'static Family>> = Mutex::new(Vec::new());

/// Every family that readers read, typed metrics first.
pub(crate) fn families() -> Vec<&'static Family> {
    let mut families = all_families();
    families.retain(|family| !family.is_left_out());
    families
}

/// Every family, including those that readers skip. A family keeps its position in this list.
pub(crate) fn all_families() -> Vec<&'static Family> {
    let runtime = lock(&RUNTIME);
    linked().chain(runtime.iter().copied()).collect()
}

/// Adds a run-time metric.
pub(crate) fn add(family: &'static Family) {
    lock(&RUNTIME).push(family);
}

/// The typed metric that has this name or had it. Names are compared without case, as in
/// OpenTelemetry.
pub(crate) fn typed(name: &str) -> Option<&'static Family> {
    let named = |family: &&'static Family| {
        let names = [Some(family.descriptor().name()), family.descriptor().was()];
        names.into_iter().flatten().any(|own| own.eq_ignore_ascii_case(name))
    };
    linked().filter(named).min_by_key(|family| family.is_left_out())
}

/// Whether a definition of the metric gives it an old name.
pub(super) fn is_renamed(metric: &Descriptor) -> bool {
    /// Typed metrics alone can have several definitions.
    static RENAMED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let renamed = typed_metrics().filter(|metric| metric.was().is_some());
        renamed.map(Descriptor::name).collect()
    });
    metric.was().is_some() || metric.scope().is_none() && force(&RENAMED).contains(metric.name())
}

/// The descriptor of each variant of every metrics enum, and the metrics of timed functions.
pub(crate) fn typed_metrics() -> impl Iterator<Item = &'static Descriptor> {
    linked().map(Family::descriptor)
}

/// The descriptors of all metrics of the process: those of every linked crate, recorded or not, and
/// those registered at run time so far.
///
/// Sorted by name. Metrics of different scopes may have one name. A metric with several equal
/// definitions is listed once. A metric that was renamed is listed under both names.
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
    let mut all = definitions();
    all.dedup_by(|a, b| a.id() == b.id() && a.difference(b).is_none());
    all
}

/// The descriptors of all definitions of all metrics. Sorted by name, scope and place in the source
/// code, because the linker may list them in any order.
#[doc(hidden)]
#[must_use]
pub fn definitions() -> Vec<&'static Descriptor> {
    let families = families();
    let mut all: Vec<_> = families.iter().map(|family| family.descriptor()).collect();
    all.extend(families.iter().filter_map(|family| family.under_old_name()));
    all.sort_by_key(|descriptor| {
        let source = descriptor.source();
        (descriptor.name(), descriptor.scope_number(), source.module, source.line, source.item)
    });
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_linked_slices_carry_the_version() {
        let version =
            concat!(env!("CARGO_PKG_VERSION_MAJOR"), "_", env!("CARGO_PKG_VERSION_MINOR"));
        let sources = [
            (include_str!("registry.rs"), "FAMILIES"),
            (include_str!("../metric/timed_function.rs"), "FUNCTIONS"),
            (include_str!("../handlers/names.rs"), "BACK_ENDS"),
        ];
        for (source, slice) in sources {
            let declared = format!("pub static TYPED_METRICS_CORE_{version}_{slice}: [");
            assert!(source.contains(&declared), "{declared}");
        }
    }
}
