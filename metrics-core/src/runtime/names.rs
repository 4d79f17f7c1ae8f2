//! The registered run-time metrics, and the keys that find them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use log::Level;

use super::metric::Metric;
use super::registered::RuntimeMetric;
use crate::collect::{overrides, registry};
use crate::error::Error;
use crate::labels::hash::Seeded;
use crate::locks::{force, read, write};
use crate::metric::source::Source;
use crate::report::report;
use crate::rules::name::{MAX_NAME_LEN, NameError};
use crate::store::family::Family;

/// The maximum number of metrics registered at run time, and of keys that differ from the metrics'
/// names.
///
/// Metrics stay for ever, so a limit must stop a program that makes names from its input.
pub const MAX_RUNTIME_METRICS: usize = 10_000;

type ByKey = HashMap<&'static str, RuntimeMetric, Seeded>;

#[derive(Default)]
struct Table {
    /// Metrics by key and by name. A text never finds one metric as a key and another one as a
    /// name.
    by_key: ByKey,
    /// Metrics by name in lower case: OpenTelemetry merges names that differ only in case.
    by_name: HashMap<String, RuntimeMetric>,
    /// Renamed metrics by their old name in lower case.
    old_names: HashMap<String, RuntimeMetric>,
}

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(RwLock::default);

thread_local! {
    /// The metrics that this thread has found. Metrics stay for ever, so an entry never becomes
    /// wrong.
    static FOUND_BY_THREAD: RefCell<ByKey> =
        const { RefCell::new(HashMap::with_hasher(Seeded)) };
}

/// The metric whose key or name is `key`.
#[inline]
pub(super) fn find(key: &str) -> Option<RuntimeMetric> {
    // Without thread-local storage, at the end of a thread, every lookup takes the lock.
    let found = FOUND_BY_THREAD.try_with(|found| found.try_borrow().ok()?.get(key).copied());
    found.ok().flatten().or_else(|| look_up(key))
}

#[cold]
fn look_up(key: &str) -> Option<RuntimeMetric> {
    let table = read(force(&TABLE));
    let (key, metric) = table.by_key.get_key_value(key).map(|(key, metric)| (*key, *metric))?;
    drop(table);
    let _ =
        FOUND_BY_THREAD.try_with(|found| Some(found.try_borrow_mut().ok()?.insert(key, metric)));
    Some(metric)
}

/// Registers `metric` under `key`. Also returns whether the metric is new.
pub(super) fn register(
    key: &str,
    metric: Metric,
    source: Source,
) -> Result<(RuntimeMetric, bool), Error> {
    let checked = metric.check()?;
    check_key(key)?;
    let name = checked.name();
    for id in [name, key].into_iter().chain(checked.was()) {
        if let Some(typed) = registry::typed(id) {
            let source = typed.descriptor().source();
            let reason = format!(
                "a typed metric has this name or had it, {source}; record in the typed metric, or choose another \
                 name"
            );
            return Err(Error::runtime(id, reason));
        }
    }

    let mut table = write(force(&TABLE));
    let lower = name.to_ascii_lowercase();
    let registered = table.by_name.get(&lower).copied();
    if let Some(conflict) =
        registered.and_then(|first| checked.conflict(first.descriptor(), source))
    {
        return Err(conflict);
    }
    for id in [key, name] {
        let found = table.by_key.get(id).map(|metric| metric.descriptor());
        if let Some(other) = found.filter(|other| other.name() != name) {
            let (other, source) = (other.name(), other.source());
            let reason = format!(
                "`{id}` already refers to the metric `{other}`, {source}; choose another {}",
                if id == key { "key" } else { "name" }
            );
            return Err(Error::runtime(name, reason));
        }
    }
    table.check_old_names(name, key, checked.was())?;
    table.check_room(name, key, registered.is_none())?;
    if let Some(metric) = registered {
        table.add_key(key, metric);
        return Ok((metric, false));
    }
    let metric = RuntimeMetric(Family::leak(checked.leak(source)));
    table.by_name.insert(lower, metric);
    if let Some(old) = metric.descriptor().was() {
        table.old_names.insert(old.to_ascii_lowercase(), metric);
    }
    table.by_key.insert(metric.descriptor().name(), metric);
    table.add_key(key, metric);
    // Under the lock, so that a metric that can be found is in snapshots too.
    registry::add(metric.0);
    // After the metric is in the registry: an override that comes now finds it there. Before the
    // metric can be found here and recorded, which would decide its settings.
    let overridden = overrides::override_registered(metric.descriptor());
    // A logger may register metrics.
    drop(table);
    if let Err(error) = overridden {
        report(Level::Warn, "overrides", format_args!("{error}"));
    }
    Ok((metric, true))
}

fn check_key(key: &str) -> Result<(), Error> {
    let source = match key.len() {
        1..=MAX_NAME_LEN => return Ok(()),
        0 => NameError::Empty,
        len => NameError::TooLong { len },
    };
    Err(Error::Name { what: "metric key", name: key.to_owned(), source })
}

impl Table {
    /// Checks that neither name nor key are an old name of another metric, and that the old name
    /// belongs to no other metric.
    fn check_old_names(&self, name: &str, key: &str, was: Option<&str>) -> Result<(), Error> {
        let current = was.and_then(|old| Some((old, self.by_name.get(&old.to_ascii_lowercase())?)));
        let former = [name, key].into_iter().chain(was);
        let mut former =
            former.filter_map(|text| Some((text, self.old_names.get(&text.to_ascii_lowercase())?)));
        let is_other = |(_, other): &(&str, &RuntimeMetric)| other.descriptor().name() != name;
        let Some((text, other)) = current.or_else(|| former.find(is_other)) else {
            return Ok(());
        };
        let (other, source) = (other.descriptor().name(), other.descriptor().source());
        let reason = format!(
            "`{text}` is the name or the old name of the metric `{other}`, {source}; record in that \
             metric, or choose another name"
        );
        Err(Error::runtime(name, reason))
    }

    fn check_room(&self, name: &str, key: &str, is_new: bool) -> Result<(), Error> {
        let full = |what: &str| {
            let reason = format!(
                "{MAX_RUNTIME_METRICS} {what} are registered at run time already, which is the limit; \
                 put the varying part of the name into attributes"
            );
            Err(Error::runtime(name, reason))
        };
        let metrics = self.by_name.len();
        if is_new && metrics >= MAX_RUNTIME_METRICS {
            return full("metrics");
        }
        let is_new_key = key != name && !self.by_key.contains_key(key);
        if is_new_key && self.by_key.len() - metrics >= MAX_RUNTIME_METRICS {
            return full("keys");
        }
        Ok(())
    }

    fn add_key(&mut self, key: &str, metric: RuntimeMetric) {
        if !self.by_key.contains_key(key) {
            self.by_key.insert(Box::leak(Box::from(key)), metric);
        }
    }
}
