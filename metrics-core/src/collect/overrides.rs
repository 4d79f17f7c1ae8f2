//! Overrides of buckets and series limits, from code and from variables.

use std::collections::BTreeMap;
use std::sync::Mutex;

use log::Level;

use super::environment::{from_environment, variables, wrong_buckets};
use super::registry;
use super::replacement::Replacement;
use crate::error::Error;
use crate::locks::lock;
use crate::metric::descriptor::Descriptor;
use crate::report::report;

type ByName = BTreeMap<String, Replacement>;

/// The overrides of the process.
struct Overrides {
    by_code: ByName,
    /// `None` until the variables are read.
    by_variable: Option<ByName>,
}

static OVERRIDES: Mutex<Overrides> =
    Mutex::new(Overrides { by_code: BTreeMap::new(), by_variable: None });

/// Overrides the settings of the metric with this name, or of a run-time metric that is registered
/// with this name later.
pub(crate) fn override_by_code(name: &str, replacement: Replacement) -> Result<(), Error> {
    replacement.check(name)?;
    let mut overrides = lock(&OVERRIDES);
    let known = overrides.by_code.get(name);
    if known.is_some_and(|known| *known != replacement) {
        return Err(Error::overriding(name, "it is overridden already; override it once"));
    }
    // A mistake in a variable is reported when handlers are set.
    let by_variable = match &overrides.by_variable {
        Some(read) => read.get(name).cloned(),
        None => {
            let (read, errors) = from_environment();
            read.get(name).filter(|_| errors.is_empty()).cloned()
        }
    };
    let effective = replacement.clone().or(by_variable);
    // All definitions have the settings, or none has.
    descriptors(name).try_for_each(|metric| effective.check_for(metric))?;
    descriptors(name).try_for_each(|metric| effective.apply(metric))?;
    let useless = descriptors(name).find_map(|metric| replacement.without_effect(metric));
    overrides.by_code.insert(name.to_owned(), replacement);
    drop(overrides);
    if let Some(text) = useless {
        warn(name, &text);
    }
    Ok(())
}

/// Overrides settings as the variables say, in the first call without an error.
///
/// # Errors
/// [`Error::Variable`] if a variable cannot be read, or if a metric cannot have the settings. A
/// metric that is in use already is reported in the log.
pub(crate) fn override_by_variables() -> Result<(), Error> {
    let mut overrides = lock(&OVERRIDES);
    if overrides.by_variable.is_some() {
        return Ok(());
    }
    let (by_variable, mut errors) = from_environment();
    let mut warnings: Vec<(String, String)> = Vec::new();
    for (name, replacement) in &by_variable {
        // With settings from code, what the variables add was applied with them.
        if overrides.by_code.contains_key(name) {
            continue;
        }
        let variables = variables(replacement);
        let mut is_known = false;
        for metric in descriptors(name) {
            is_known = true;
            if !replacement.fits(metric) {
                errors.extend(replacement.check_for(metric).err().as_ref().map(wrong_buckets));
                continue;
            }
            let applied = replacement.apply(metric).map_err(|error| error.to_string());
            let warning = applied.err().or_else(|| replacement.without_effect(metric));
            warnings.extend(warning.map(|text| (name.clone(), format!("{variables}: {text}"))));
        }
        if !is_known {
            warnings.push((name.clone(), format!("{variables}: {}", unknown(name))));
        }
    }
    let by_code = overrides.by_code.keys();
    let unmatched = by_code.filter(|name| descriptors(name).next().is_none());
    warnings.extend(unmatched.map(|name| (name.clone(), unknown(name))));
    Error::all(errors)?;
    overrides.by_variable = Some(by_variable);
    drop(overrides);
    for (metric, text) in warnings {
        warn(&metric, &text);
    }
    Ok(())
}

fn warn(metric: &str, text: &str) {
    report(Level::Warn, &format!("override of metric `{metric}`"), format_args!("{text}"));
}

/// Overrides the settings of a run-time metric that was just registered.
pub(crate) fn override_registered(metric: &'static Descriptor) -> Result<(), Error> {
    let overrides = lock(&OVERRIDES);
    let by_variable = overrides.by_variable.as_ref().and_then(|read| read.get(metric.name()));
    let by_code = overrides.by_code.get(metric.name());
    let by_code = by_code.cloned().unwrap_or_default();
    let is_by_code = by_code.buckets.is_some();
    let replacement = by_code.or(by_variable.cloned());
    drop(overrides);
    let applied = replacement.apply(metric);
    applied.map_err(|error| {
        let is_variable = !is_by_code && !replacement.fits(metric);
        if is_variable { wrong_buckets(&error) } else { error }
    })
}

/// The definitions of the metric.
fn descriptors(name: &str) -> impl Iterator<Item = &'static Descriptor> {
    let families = registry::all_families().into_iter();
    families.map(|family| family.descriptor()).filter(move |metric| metric.name() == name)
}

fn unknown(name: &str) -> String {
    let all = registry::all_families().into_iter().map(|family| family.descriptor());
    if let Some(renamed) = all.into_iter().find(|metric| metric.was() == Some(name)) {
        let new = renamed.name();
        return format!("`{name}` is the old name of `{new}`; override `{new}`");
    }
    let names = registry::all_families().into_iter().map(|family| family.descriptor().name());
    let close = names.map(|other| (strsim::jaro_winkler(other, name), other));
    let closest = close.filter(|(closeness, _)| *closeness >= 0.9);
    let meant = closest.max_by(|a, b| a.0.total_cmp(&b.0));
    let meant = meant.map_or(String::new(), |(_, other)| format!(" (did you mean `{other}`?)"));
    format!("no metric is named `{name}` yet{meant}; one registered at run time can be, later")
}
