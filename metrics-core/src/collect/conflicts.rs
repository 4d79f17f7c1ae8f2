//! Definitions of one metric that contradict each other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use log::Level;

use super::registry::linked;
use crate::error::Error;
use crate::metric::descriptor::Descriptor;
use crate::report::report;
use crate::store::family::Family;

/// Checks that no two definitions of one metric contradict each other.
///
/// Setting handlers makes the same check. A test that calls this function finds a conflict before
/// the program starts:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// assert!(typed_metrics::check().is_ok());
/// ```
///
/// Kind, value type, unit, buckets, states and the exact name must agree, and the [old
/// name](Descriptor::was) of a metric must not be a name of another one. If two definitions have
/// different descriptions or labels, the first one is exported, and a warning names both places in
/// the source.
///
/// # Errors
/// [`Error::Conflict`] names the metric, the fact that differs, and both places in the source;
/// [`Error::Several`] holds one conflict for each metric. An application that can change neither
/// definition calls [`resolve_conflict`].
pub fn check() -> Result<(), Error> {
    let definitions = linked().filter(|family| !family.is_left_out()).map(Family::descriptor);
    let (conflicts, variations) = compare(definitions);
    static WARNED: AtomicBool = AtomicBool::new(false);
    // Relaxed: no other data depends on the flag. Not a `Once`: a logger may set handlers, which
    // checks again.
    if !WARNED.swap(true, Relaxed) {
        for (metric, text) in variations {
            let subject = format!("definitions of metric `{metric}`");
            report(Level::Warn, &subject, format_args!("{text}"));
        }
    }
    Error::all(conflicts)
}

/// How an application exports a metric that two of its dependencies define differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution<'a> {
    /// The definitions of this crate are exported, and no others. The crate is named as in a path:
    /// `my_crate`.
    Keep(&'a str),
    /// No definition is exported.
    LeaveOut,
}

/// Decides which definition of a metric is exported if several definitions contradict each other.
///
/// Use this function in an application whose dependencies define one metric differently.
/// [`set_metric_handlers`](crate::set_metric_handlers) installs nothing while there is such a
/// conflict. Call this function first: a definition that is kept later is not reported to handlers
/// that are installed already. Measurements of a definition that is not exported are recorded, but
/// never read.
///
/// The call changes nothing if the definitions agree, or if [`Resolution::Keep`] names a crate that
/// does not define the metric.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Resolution, resolve_conflict};
///
/// // `old_client` measures in milliseconds, `new_client` in seconds.
/// resolve_conflict("client.duration", Resolution::Keep("new_client"));
/// assert!(typed_metrics::check().is_ok());
/// ```
pub fn resolve_conflict(metric: &str, resolution: Resolution<'_>) {
    let is_meant = |family: &&'static Family| {
        let names = [Some(family.descriptor().name()), family.descriptor().was()];
        names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(metric))
    };
    let definitions: Vec<&'static Family> = linked().filter(is_meant).collect();
    let (conflicts, _) = compare(definitions.iter().map(|family| family.descriptor()));
    let is_kept = |family: &'static Family| match resolution {
        // A path has `_` where a manifest may have `-`.
        Resolution::Keep(name) => {
            family.descriptor().source().crate_name() == name.replace('-', "_")
        }
        Resolution::LeaveOut => false,
    };
    let is_known =
        resolution == Resolution::LeaveOut || definitions.iter().any(|family| is_kept(family));
    if conflicts.is_empty() || !is_known {
        return;
    }
    definitions.iter().for_each(|family| family.set_left_out(!is_kept(family)));
}

/// The contradictions between definitions, and the texts about differences that are no
/// contradiction.
fn compare(
    descriptors: impl Iterator<Item = &'static Descriptor>,
) -> (Vec<Error>, Vec<(&'static str, String)>) {
    let mut seen: HashMap<String, &'static Descriptor> = HashMap::new();
    let (mut conflicts, mut variations) = (Vec::new(), Vec::new());
    let mut renamed = Vec::new();
    for descriptor in descriptors {
        renamed.extend(descriptor.was().map(|old| (old, descriptor)));
        // OpenTelemetry merges names that differ in case only.
        let first = *seen.entry(descriptor.name().to_ascii_lowercase()).or_insert(descriptor);
        if let Some(conflict) = Error::conflict(first, descriptor) {
            conflicts.push(conflict);
        } else if let Some((what, a, b)) = first.variation(descriptor) {
            let (name, first, second) = (first.name(), first.source(), descriptor.source());
            let text = format!(
                "metric `{name}` is defined twice, with different {what}: {a} in {first}, {b} in \
                 {second}; both are exported as one metric, described as the first"
            );
            variations.push((name, text));
        }
    }
    for (old, descriptor) in renamed {
        let other = *seen.entry(old.to_ascii_lowercase()).or_insert(descriptor);
        conflicts.extend(Error::old_name_conflict(old, other, descriptor));
    }
    (conflicts, variations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::definition::Definition;
    use crate::metric::lifetime::Lifetime;
    use crate::metric::presentation::Presentation;
    use crate::store::family::NO_METRIC;

    #[test]
    fn different_expiries_are_reported_but_no_conflict() {
        let with = |lifetime| {
            let definition = Definition { name: "m", lifetime, ..NO_METRIC };
            &*Box::leak(Box::new(Descriptor::new(definition)))
        };
        let unset = Lifetime::UNSET;
        let definitions = [unset, unset, unset.expires(Some(1500)), unset.expires(None)].map(with);
        let (conflicts, variations) = compare(definitions.into_iter());
        assert!(conflicts.is_empty());
        let [(_, later), (_, never)] = &*variations else { panic!("{variations:?}") };
        let begin =
            "metric `m` is defined twice, with different expiries: the expiry of the process";
        assert!(later.starts_with(begin) && later.contains(", expiry after 1.5s in "), "{later}");
        assert!(never.starts_with(begin) && never.contains(", no expiry in "), "{never}");
    }

    #[test]
    fn an_old_name_belongs_to_one_metric() {
        let metric = |name, old: Option<&'static str>| {
            let was = |old| &*Box::leak(Box::new(Presentation::PLAIN.was(old)));
            let presentation = old.map(was);
            let definition = Definition { name, presentation, ..NO_METRIC };
            &*Box::leak(Box::new(Descriptor::new(definition)))
        };
        let conflicts = |metrics: &[&'static Descriptor]| {
            let (conflicts, _) = compare(metrics.iter().copied());
            conflicts.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let new = metric("new", Some("old"));
        assert_eq!(conflicts(&[new, metric("new", Some("old")), metric("other", None)]), [""; 0]);
        let found = conflicts(&[new, metric("OLD", None)]);
        let [text] = &*found else { panic!("{found:?}") };
        let begin = "metric `old` is defined twice with a different use of the name: the name of \
                     `OLD` in ";
        assert!(text.starts_with(begin), "{text}");
        assert!(text.contains(", the old name of `new` in "), "{text}");
        let found = conflicts(&[new, metric("newer", Some("old"))]);
        let [text] = &*found else { panic!("{found:?}") };
        assert!(text.contains("the old name of `new` in "), "{text}");
        assert!(text.contains("the old name of `newer` in "), "{text}");
    }

    #[test]
    fn an_old_name_that_is_the_name_is_a_conflict_and_shows_no_metric_twice() {
        let definition = Definition { name: "m", ..NO_METRIC };
        let definition = definition.shown(const { &Presentation::PLAIN.was("M") });
        let descriptor = &*Box::leak(Box::new(Descriptor::new(definition)));
        let (conflicts, _) = compare([descriptor].into_iter());
        assert_eq!(conflicts.len(), 1);
        assert!(Family::leak(definition).under_old_name().is_none());
    }
}
