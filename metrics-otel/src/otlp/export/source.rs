//! A source: the metrics that a pipeline exports under one scope and one prefix. Metrics with a
//! scope of their own keep it.
//!
//! A source lives as long as its pipeline. So no value is exported twice, whichever handlers are
//! installed and cleared.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use log::Level;
use opentelemetry::InstrumentationScope;
use typed_metrics_core::{
    Counting, Descriptor, MetricId, MetricType, Point, PointReader, Scope, Value, report,
};

use super::batches::{Aggregation, Batch, Batches};
use super::data_point::{Common, Data};
use super::encoded_labels::EncodedLabels;
use super::exemplar::put_exemplar;
use super::head::{Head, ScopeHead};
use crate::lock::lock;
use crate::otlp::config::settings::Settings;
use crate::otlp::config::temporality::Temporality;

/// Reads metrics of core and encodes them.
#[derive(Debug)]
pub(crate) struct Source {
    scope: InstrumentationScope,
    prefix: Option<String>,
    head: Head,
    /// The head of the source's own scope.
    own: ScopeHead,
    temporality: Temporality,
    /// How many installed handlers use the source. Without a user, nothing is exported.
    users: AtomicUsize,
    /// The metrics that are exported.
    wanted: Mutex<HashSet<MetricId>>,
    state: Mutex<State>,
}

/// What the source knows of earlier collections.
#[derive(Debug, Default)]
struct State {
    reader: PointReader,
    /// The temporality of each exported metric, which never changes.
    counting: HashMap<MetricId, Counting>,
    /// When the last interval ended, in nanoseconds since the Unix epoch.
    last: Option<u64>,
    /// The metrics with values that OTLP cannot represent, for which that was reported.
    too_large: HashSet<MetricId>,
    buffer: Vec<u8>,
    labels: HashMap<Key, EncodedLabels>,
}

/// Identifies data points that are written together: the address of the definition, because two
/// definitions of one metric have rows of their own, and the tag of the labels.
type Key = (usize, u32);

impl Source {
    pub(super) fn new(
        scope: &InstrumentationScope,
        prefix: Option<&str>,
        settings: &Settings,
    ) -> Self {
        Self {
            scope: scope.clone(),
            prefix: prefix.map(str::to_owned),
            head: Head::new(settings.resource.attributes()),
            own: ScopeHead::new(scope),
            temporality: settings.temporality,
            users: AtomicUsize::new(0),
            wanted: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// Whether the source has this scope and prefix.
    pub(crate) fn is_of(&self, scope: &InstrumentationScope, prefix: Option<&str>) -> bool {
        self.scope == *scope && self.prefix.as_deref() == prefix
    }

    /// A number that no other source has.
    pub(crate) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Registers a handler that exports these metrics as a user of the source.
    pub(crate) fn enter(self: &Arc<Self>, wanted: &[&'static Descriptor]) -> SourceUse {
        *lock(&self.wanted) = wanted.iter().map(|metric| metric.id()).collect();
        // Relaxed: the counter guards no other memory.
        self.users.fetch_add(1, Relaxed);
        SourceUse(Arc::clone(self))
    }

    pub(super) fn is_used(&self) -> bool {
        self.users.load(Relaxed) > 0
    }

    /// Exports one more metric.
    pub(crate) fn want(&self, metric: &'static Descriptor) {
        lock(&self.wanted).insert(metric.id());
    }

    /// Collects and encodes the metrics if a handler uses the source.
    pub(super) fn export(&self) -> Vec<Batch> {
        if !self.is_used() {
            return Vec::new();
        }
        let mut state = lock(&self.state);
        let State { reader, counting, last, too_large, buffer, labels } = &mut *state;
        let mut encoding = Encoding {
            source: self,
            batches: Batches::new(&self.head, std::mem::take(buffer)),
            scope: None,
            key: None,
            since: *last,
            labels,
            current: EncodedLabels::default(),
            exemplars: Vec::new(),
            too_large: Vec::new(),
        };
        let time = reader.collect(
            |metric| lock(&self.wanted).contains(&metric.id()),
            |metric, is_observed| {
                *counting
                    .entry(metric.id())
                    .or_insert_with(|| self.temporality.of(metric.metric_type(), is_observed))
            },
            |metric, point| encoding.add(metric, point),
        );
        encoding.keep_labels();
        let news = encoding.too_large;
        let (batches, used) = encoding.batches.finish();
        *buffer = used;
        // The clock may have been set back.
        *last = Some(nanoseconds(time).max(last.unwrap_or(0)));
        for (metric, value) in news {
            if too_large.insert(metric.id()) {
                let (name, scope) = (metric.name(), metric.scope().map_or("", Scope::name));
                let text = format_args!(
                    "metric `{name}`: {value} is above {}, the largest integer of OTLP, as which \
                     it is exported (reported once)",
                    i64::MAX
                );
                let subject = format!("otlp: metric {name} of scope {scope:?} is too large");
                report(Level::Warn, &subject, text);
            }
        }
        batches
    }
}

/// The encoding of one collection.
struct Encoding<'a> {
    source: &'a Source,
    batches: Batches<'a>,
    /// The address of the scope of the metric whose data points are added, 0 for the source's own;
    /// `None` before the first metric.
    scope: Option<usize>,
    /// Identifies the data points that are added.
    key: Option<Key>,
    /// When the interval of changes began, in nanoseconds since the Unix epoch.
    since: Option<u64>,
    /// The encoded labels of all other data points.
    labels: &'a mut HashMap<Key, EncodedLabels>,
    /// The encoded labels of the data points that are added.
    current: EncodedLabels,
    /// The encoded exemplars of the current data point.
    exemplars: Vec<u8>,
    /// Metrics with values that OTLP cannot represent.
    too_large: Vec<(&'static Descriptor, u64)>,
}

impl Encoding<'_> {
    fn add(&mut self, metric: &'static Descriptor, point: &Point<'_>) {
        let data = match point.value {
            Value::I64(value) => Data::Int(*value),
            Value::F64(value) => Data::Double(*value),
            Value::Histogram(histogram) => Data::histogram(histogram),
            Value::U64(value) => Data::Int(self.integer(metric, *value)),
            _ => return,
        };
        let key = (std::ptr::from_ref(metric).addr(), data.attributes_tag());
        if self.key != Some(key) {
            self.keep_labels();
            self.key = Some(key);
            self.current = self.labels.remove(&key).unwrap_or_default();
            self.begin(metric, &data, point.counting == Counting::Changes);
        }
        let created = nanoseconds(point.created);
        let start = match point.counting {
            Counting::Totals => created,
            Counting::Changes => self.since.unwrap_or(created),
        };
        // The clock may have been set back.
        let time = nanoseconds(point.time).max(start);
        self.exemplars.clear();
        for exemplar in point.exemplars {
            let time = nanoseconds(exemplar.time);
            put_exemplar(data.exemplars_tag(), exemplar, time, &mut self.exemplars);
        }
        let exemplars = &self.exemplars;
        let attributes = self.current.of(point, data.attributes_tag());
        self.batches.add(&data, Common { attributes, start, time, exemplars });
    }

    fn begin(&mut self, metric: &'static Descriptor, data: &Data<'_>, is_delta: bool) {
        let aggregation = match (data, metric.metric_type()) {
            (Data::Exponential(..), _) => Aggregation::Exponential { is_delta },
            (Data::Explicit(_), _) => Aggregation::Histogram { is_delta },
            (_, MetricType::Counter) => Aggregation::Sum { is_delta, is_monotonic: true },
            (_, MetricType::UpDownCounter) => Aggregation::Sum { is_delta, is_monotonic: false },
            _ => Aggregation::Gauge,
        };
        let scope = metric.scope().map_or(0, |scope| std::ptr::from_ref(scope).addr());
        if self.scope.replace(scope) != Some(scope) {
            let own = || self.source.own.clone();
            self.batches.begin_scope(metric.scope().map_or_else(own, ScopeHead::of));
        }
        let name = match &self.source.prefix {
            Some(prefix) => &format!("{prefix}_{}", metric.name()),
            None => metric.name(),
        };
        self.batches.begin_metric(name, metric.description(), metric.unit(), aggregation);
    }

    /// Keeps the encoded labels for the next collection.
    fn keep_labels(&mut self) {
        if let Some(key) = self.key {
            self.labels.insert(key, std::mem::take(&mut self.current));
        }
    }

    /// The integer that OTLP has for `value`. A greater one would look like a negative one.
    fn integer(&mut self, metric: &'static Descriptor, value: u64) -> i64 {
        i64::try_from(value).unwrap_or_else(|_| {
            self.too_large.push((metric, value));
            i64::MAX
        })
    }
}

/// Nanoseconds since the Unix epoch.
fn nanoseconds(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}

/// Keeps an installed handler registered as a user of a source.
#[derive(Debug)]
pub(crate) struct SourceUse(Arc<Source>);

impl std::ops::Deref for SourceUse {
    type Target = Arc<Source>;

    fn deref(&self) -> &Arc<Source> {
        &self.0
    }
}

impl Drop for SourceUse {
    fn drop(&mut self) {
        self.0.users.fetch_sub(1, Relaxed);
    }
}
