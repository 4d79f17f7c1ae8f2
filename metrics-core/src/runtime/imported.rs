//! Metrics of other crates without a scope: they are identified by their names, as the metrics of
//! this framework are.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, Weak};

use log::Level;

use super::metric::Metric;
use super::names;
use super::scoped_metric::ScopedMetric;
use crate::collect::given_histogram::GivenHistogram;
use crate::collect::observation::{Observation, observe};
use crate::collect::observed_histogram::HistogramObserver;
use crate::collect::observed_series::SeriesObserver;
use crate::collect::reader::snapshot;
use crate::collect::running::Running;
use crate::collect::snapshot::Snapshot;
use crate::error::Error;
use crate::foreign::Outermost;
use crate::handlers::list::announce_all;
use crate::labels::given::GivenAttributes;
use crate::labels::list::Element;
use crate::labels::value::LabelRef;
use crate::locks::{force, lock};
use crate::metric::source::Source;
use crate::report::report;
use crate::rules::kind::MetricType;
use crate::store::family::Family;

/// Registers a metric that another crate records. `call` names the crate or its call, for messages.
///
/// # Errors
/// Those of [`register_metric`](crate::register_metric).
#[doc(hidden)]
pub fn import_metric(metric: Metric, call: &'static str) -> Result<ScopedMetric, Error> {
    register(metric, call).map(|family| ScopedMetric::new(family, None))
}

fn register(metric: Metric, call: &'static str) -> Result<&'static Family, Error> {
    let source = Source { file: "", line: 0, module: "", item: call };
    let key = metric.name().to_owned();
    let (registered, is_new) = names::register(&key, metric, source)?;
    if is_new {
        announce_all();
    }
    Ok(registered.family())
}

/// A metric with the values that another registry has.
#[derive(Debug)]
#[doc(hidden)]
pub struct ImportedMetric {
    /// The definition. Its values are `f64`.
    pub metric: Metric,
    /// The labels and the values of all series.
    pub series: Vec<(ImportedLabels, ImportedValue)>,
}

/// Labels of another registry, whose values are texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[doc(hidden)]
pub struct ImportedLabels(pub Vec<(String, String)>);

/// A value of another registry.
#[derive(Debug, Clone)]
#[doc(hidden)]
pub enum ImportedValue {
    /// The total of a counter, or the value of a gauge.
    Number(f64),
    /// A histogram.
    Histogram(GivenHistogram),
}

impl GivenAttributes for ImportedLabels {
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), LabelRef::Str(value)))
    }

    fn list(&self, _: usize, _: &mut dyn FnMut(Element<'_>)) {}
}

/// Reads all metrics of another registry at the beginning of every collection, until the result is
/// dropped. Then the series keep their last values.
///
/// A counter or a histogram records what it has more than before; a total that fell has started
/// from zero. Series that `read` does not return are removed.
#[doc(hidden)]
pub fn observe_imported(
    call: &'static str,
    read: impl Fn() -> Vec<ImportedMetric> + Send + Sync + 'static,
) -> Observation {
    let source = ImportSource {
        call,
        running: Mutex::default(),
        metrics: Mutex::default(),
        refused: Mutex::default(),
        token: Arc::default(),
    };
    observe(move || source.collect(&read))
}

struct ImportSource {
    call: &'static str,
    /// The values of a collection are read and recorded before the next one reads: otherwise an old
    /// total could come after a newer one, and look like a new start.
    running: Mutex<Running>,
    metrics: Mutex<HashMap<Key, &'static Imported>>,
    /// The metrics that were left out, which was reported. Each collection asks again.
    refused: Mutex<HashSet<Key>>,
    /// Lives as long as the source.
    token: Arc<()>,
}

type Key = (MetricType, String);

/// The metrics of all sources. They stay when a source ends, so that a later source that reads the
/// same registry goes on from the last values.
static KNOWN: LazyLock<Mutex<HashMap<Key, Known>>> = LazyLock::new(Mutex::default);

#[derive(Clone)]
struct Known {
    metric: &'static Imported,
    /// The source that gives the values. With two at a time, each would look like a restart to the
    /// other.
    source: Weak<()>,
}

/// What records the values of a metric.
enum Imported {
    Numbers(&'static SeriesObserver),
    Histograms(HistogramObserver),
}

thread_local! {
    /// Whether this thread takes a snapshot without the metrics of other registries.
    static WITHOUT_IMPORTS: Cell<bool> = const { Cell::new(false) };
}

/// A snapshot without the metrics of other registries, which are not read for it: for a collector,
/// which runs while its registry is read.
#[doc(hidden)]
pub fn snapshot_without_imports() -> Snapshot {
    let without = Outermost::begin(&WITHOUT_IMPORTS);
    let mut snapshot = snapshot();
    drop(without);
    let known = lock(force(&KNOWN));
    snapshot.metrics.retain(|metric| {
        let metric = metric.descriptor;
        !known.contains_key(&(metric.metric_type(), metric.name().to_owned()))
    });
    snapshot
}

/// Ends the run of a source, also by a panic.
struct RunningSource<'a>(&'a Mutex<Running>);

impl Drop for RunningSource<'_> {
    fn drop(&mut self) {
        lock(self.0).end();
    }
}

impl ImportSource {
    fn collect(&self, read: &impl Fn() -> Vec<ImportedMetric>) {
        if WITHOUT_IMPORTS.get() || !lock(&self.running).begin() {
            return;
        }
        let _running = RunningSource(&self.running);
        let mut absent = lock(&self.metrics).clone();
        for (key, ImportedMetric { metric, series }) in self.merged(read()) {
            absent.remove(&key);
            if let Some(imported) = self.find(key, metric) {
                imported.take(&series);
            }
        }
        absent.into_values().for_each(|metric| metric.take(&[]));
    }

    /// The metrics of one reading, each once. A registry may give the series of a metric in several
    /// families, as one of `prometheus-client` with labels of its parts does.
    fn merged(&self, read: Vec<ImportedMetric>) -> Vec<(Key, ImportedMetric)> {
        let mut places = HashMap::new();
        let mut merged: Vec<(Key, ImportedMetric)> = Vec::with_capacity(read.len());
        for metric in read {
            let key = (metric.metric.kind(), metric.metric.name().to_owned());
            match places.get(&key) {
                Some(place) => {
                    let (_, first): &mut (_, ImportedMetric) = &mut merged[*place];
                    if let Err(reason) = first.add(metric) {
                        self.refuse(&key, &reason);
                    }
                }
                None => {
                    places.insert(key.clone(), merged.len());
                    merged.push((key, metric));
                }
            }
        }
        merged
    }

    /// The metric, unless it cannot be registered, or another source has it.
    fn find(&self, key: Key, metric: Metric) -> Option<&'static Imported> {
        if let Some(found) = lock(&self.metrics).get(&key) {
            return Some(found);
        }
        match self.take_over(&key, metric) {
            Ok(imported) => {
                lock(&self.metrics).insert(key, imported);
                Some(imported)
            }
            Err(reason) => {
                self.refuse(&key, &reason);
                None
            }
        }
    }

    /// Reports the first time that a metric is left out.
    fn refuse(&self, key: &Key, reason: &str) {
        if lock(&self.refused).insert(key.clone()) {
            let subject = format!("import of {} from {}", key.1, self.call);
            let text = format_args!("{reason}; the metric of {} is left out", self.call);
            report(Level::Warn, &subject, text);
        }
    }

    /// Makes this source the one that gives the values of a metric.
    fn take_over(&self, key: &Key, metric: Metric) -> Result<&'static Imported, String> {
        let source = Arc::downgrade(&self.token);
        let known = lock(force(&KNOWN)).get(key).cloned();
        let metric = match known {
            Some(known) if known.source.strong_count() > 0 => {
                return Err(format!(
                    "metric `{}`: another registry that is read has this name; rename one, or read \
                     one registry",
                    key.1
                ));
            }
            Some(known) => known.metric,
            None => {
                // Series live as long as the registry has them.
                let metric = metric.expire(None);
                let family = register(metric, self.call).map_err(|error| error.to_string())?;
                let imported = if key.0 == MetricType::Histogram {
                    Imported::Histograms(HistogramObserver::new(family))
                } else {
                    Imported::Numbers(SeriesObserver::leak(family))
                };
                // Metrics stay for ever.
                &*Box::leak(Box::new(imported))
            }
        };
        lock(force(&KNOWN)).insert(key.clone(), Known { metric, source });
        Ok(metric)
    }
}

impl ImportedMetric {
    /// Adds the series of another family with the name of this metric.
    ///
    /// # Errors
    /// The families have different names in Prometheus, or the same series.
    fn add(&mut self, other: Self) -> Result<(), String> {
        let name = self.metric.name();
        let [first, second] = [&self.metric, &other.metric].map(|m| m.exposed().unwrap_or(name));
        if first != second {
            return Err(format!(
                "metric `{name}`: `{first}` and `{second}` of one registry have this name; rename \
                 one"
            ));
        }
        let own: HashSet<_> = self.series.iter().map(|(labels, _)| labels).collect();
        if other.series.iter().any(|(labels, _)| own.contains(labels)) {
            return Err(format!(
                "metric `{name}`: two families of one registry have this name and the same labels; \
                 rename one"
            ));
        }
        self.series.extend(other.series);
        Ok(())
    }
}

impl Imported {
    fn take(&self, series: &[(ImportedLabels, ImportedValue)]) {
        match self {
            Self::Numbers(observer) => observer.take(|observations| {
                for (labels, value) in series {
                    if let ImportedValue::Number(value) = value {
                        observations.observe(*value, labels);
                    }
                }
            }),
            Self::Histograms(observer) => {
                observer.take(series.iter().filter_map(|(labels, value)| match value {
                    ImportedValue::Histogram(histogram) => Some((labels, histogram)),
                    ImportedValue::Number(_) => None,
                }));
            }
        }
    }
}
