//! Batches: encoded requests, `ExportMetricsServiceRequest` of OTLP, that collectors accept.
//!
//! Each data point is written once, right where the request has it. The length of a data point is
//! known before the data point is written. The lengths of metric, scope and resource are known
//! after their last data point, so room for the heads of these messages is left in front of the
//! data points. Only a scope that is not the first of its batch moves by a few bytes.

use std::sync::Arc;

use super::data_point::{Common, Data};
use super::head::{Head, ScopeHead};
use super::wire::{bytes_len, put_begin, put_text, put_varint};

/// The maximal size of a request in bytes, encoded and not compressed: half of gRPC servers'
/// default limit.
const MOST_BYTES: usize = 2 << 20;

/// The longest key and length of a field: the tags here have one byte, and no length is above
/// 2^35.
const LONGEST_BEGIN: usize = 6;

/// An encoded request.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) body: Arc<[u8]>,
    /// The number of data points.
    pub(super) points: u64,
}

/// How a metric aggregates its values: the kind of its data points, and the facts of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregation {
    Gauge,
    Sum { is_delta: bool, is_monotonic: bool },
    Histogram { is_delta: bool },
    Exponential { is_delta: bool },
}

/// Writes data points into batches.
#[derive(Debug)]
pub(super) struct Batches<'a> {
    head: &'a Head,
    most_bytes: usize,
    /// Room for the head of the resource, and then scopes.
    buffer: Vec<u8>,
    /// Where the first scope of the batch begins in the buffer, once it has ended.
    first: Option<usize>,
    /// The scope to which metrics are added.
    scope: Option<Scope>,
    /// The metric to which data points are added.
    metric: Option<Metric>,
    points: u64,
    full: Vec<Batch>,
}

#[derive(Debug)]
struct Scope {
    head: ScopeHead,
    /// Where the room for the head of the scope begins in the buffer.
    begin: usize,
    /// Where the metrics begin.
    metrics: usize,
}

#[derive(Debug)]
struct Metric {
    /// Name, description and unit, encoded.
    head: Vec<u8>,
    aggregation: Aggregation,
    /// Where the room for the heads of the metric begins in the buffer.
    begin: usize,
    /// Where the data points begin.
    points: usize,
}

impl<'a> Batches<'a> {
    /// `buffer` is memory that is used again.
    pub(super) fn new(head: &'a Head, buffer: Vec<u8>) -> Self {
        Self::with_limit(head, buffer, MOST_BYTES)
    }

    /// The batches have at most this many bytes, but at least one data point.
    pub(super) fn with_limit(head: &'a Head, mut buffer: Vec<u8>, most_bytes: usize) -> Self {
        buffer.clear();
        buffer.resize(Self::room(head), 0);
        let (first, scope, metric) = (None, None, None);
        Self { head, most_bytes, buffer, first, scope, metric, points: 0, full: Vec::new() }
    }

    /// The most room that the head of the resource needs.
    fn room(head: &Head) -> usize {
        LONGEST_BEGIN + head.0.len()
    }

    /// Begins a scope. The metrics that follow belong to it.
    pub(super) fn begin_scope(&mut self, head: ScopeHead) {
        self.end_metric();
        self.end_scope();
        self.open_scope(head);
    }

    fn open_scope(&mut self, head: ScopeHead) {
        let begin = self.buffer.len();
        let metrics = begin + LONGEST_BEGIN + head.scope.len();
        self.buffer.resize(metrics, 0);
        self.scope = Some(Scope { head, begin, metrics });
    }

    /// Begins a metric. The data points that follow belong to it.
    pub(super) fn begin_metric(
        &mut self,
        name: &str,
        description: &str,
        unit: &str,
        aggregation: Aggregation,
    ) {
        self.end_metric();
        let mut head = Vec::new();
        put_text(1, name, &mut head);
        put_text(2, description, &mut head);
        put_text(3, unit, &mut head);
        self.open(head, aggregation);
    }

    fn open(&mut self, head: Vec<u8>, aggregation: Aggregation) {
        let begin = self.buffer.len();
        let points = begin + 2 * LONGEST_BEGIN + head.len();
        self.buffer.resize(points, 0);
        self.metric = Some(Metric { head, aggregation, begin, points });
    }

    /// Adds a data point to the metric.
    pub(super) fn add(&mut self, data: &Data<'_>, common: Common<'_>) {
        let length = data.len(common);
        let trailer = TRAILER + self.scope.as_ref().map_or(0, |scope| scope.head.schema_url.len());
        let is_full = self.buffer.len() + bytes_len(1, length) + trailer > self.most_bytes;
        if is_full
            && self.points > 0
            && let Some((head, aggregation)) = self.end_metric()
        {
            if let Some(scope) = self.end_batch() {
                self.open_scope(scope);
            }
            self.open(head, aggregation);
        }
        put_begin(1, length, &mut self.buffer);
        let begin = self.buffer.len();
        data.put(common, &mut self.buffer);
        debug_assert_eq!(self.buffer.len() - begin, length);
        self.points += 1;
    }

    /// Writes the heads of the metric, which has all its data points in this batch.
    fn end_metric(&mut self) -> Option<(Vec<u8>, Aggregation)> {
        let Metric { head, aggregation, begin, points } = self.metric.take()?;
        if self.buffer.len() == points {
            // The metric has no data point.
            self.buffer.truncate(begin);
            return Some((head, aggregation));
        }
        aggregation.put_facts(&mut self.buffer);
        let data = self.buffer.len() - points;
        let mut heads = Vec::with_capacity(points - begin);
        put_begin(2, head.len() + bytes_len(aggregation.tag(), data), &mut heads);
        heads.extend_from_slice(&head);
        put_begin(aggregation.tag(), data, &mut heads);
        // The data points follow the heads without a gap.
        self.buffer[begin..begin + heads.len()].copy_from_slice(&heads);
        self.buffer.copy_within(points.., begin + heads.len());
        self.buffer.truncate(begin + heads.len() + data);
        Some((head, aggregation))
    }

    /// Writes the head of the scope, which has all its metrics in this batch.
    fn end_scope(&mut self) -> Option<ScopeHead> {
        let Scope { head, begin, metrics } = self.scope.take()?;
        if self.buffer.len() == metrics {
            // The scope has no metric.
            self.buffer.truncate(begin);
            return Some(head);
        }
        self.buffer.extend_from_slice(&head.schema_url);
        let length = head.scope.len() + self.buffer.len() - metrics;
        let mut encoded = Vec::with_capacity(metrics - begin);
        put_begin(2, length, &mut encoded);
        encoded.extend_from_slice(&head.scope);
        if self.first.is_none() {
            // The metrics stay where they are, and the head of the resource goes before them.
            let begin = metrics - encoded.len();
            self.buffer[begin..metrics].copy_from_slice(&encoded);
            self.first = Some(begin);
        } else {
            // The scopes follow each other without a gap.
            let end = begin + encoded.len();
            self.buffer[begin..end].copy_from_slice(&encoded);
            self.buffer.copy_within(metrics.., end);
            self.buffer.truncate(self.buffer.len() - (metrics - end));
        }
        Some(head)
    }

    /// Writes the heads of scope and resource, and finishes the batch. Returns the scope that the
    /// next batch goes on with.
    fn end_batch(&mut self) -> Option<ScopeHead> {
        let scope = self.end_scope();
        if let Some(first) = self.first.take() {
            let Head(resource) = self.head;
            let scopes = self.buffer.len() - first;
            let mut head = Vec::with_capacity(first);
            put_begin(1, resource.len() + scopes, &mut head);
            head.extend_from_slice(resource);
            let begin = first - head.len();
            self.buffer[begin..first].copy_from_slice(&head);
            let body = Arc::from(&self.buffer[begin..]);
            self.full.push(Batch { body, points: std::mem::take(&mut self.points) });
        }
        self.buffer.truncate(Self::room(self.head));
        scope
    }

    /// All batches, and the memory that can be used again.
    pub(super) fn finish(mut self) -> (Vec<Batch>, Vec<u8>) {
        self.end_metric();
        self.end_batch();
        (self.full, self.buffer)
    }
}

/// The most bytes of [`Aggregation::put_facts`].
const TRAILER: usize = 4;

impl Aggregation {
    /// The tag of the field of `Metric` that holds the data points.
    fn tag(self) -> u32 {
        match self {
            Self::Gauge => 5,
            Self::Sum { .. } => 7,
            Self::Histogram { .. } => 9,
            Self::Exponential { .. } => 10,
        }
    }

    /// Writes temporality and monotonicity, which follow the data points.
    fn put_facts(self, buffer: &mut Vec<u8>) {
        let (Self::Sum { is_delta, .. }
        | Self::Histogram { is_delta }
        | Self::Exponential { is_delta }) = self
        else {
            return;
        };
        // The numbers of `AggregationTemporality`.
        put_varint(2, if is_delta { 1 } else { 2 }, buffer);
        if matches!(self, Self::Sum { is_monotonic: true, .. }) {
            put_varint(3, 1, buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::{InstrumentationScope, KeyValue};
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use opentelemetry_proto::tonic::metrics::v1::Metric;
    use opentelemetry_proto::tonic::metrics::v1::metric::Data as Decoded;
    use prost::Message;

    use super::*;

    const SUM: Aggregation = Aggregation::Sum { is_delta: false, is_monotonic: true };

    fn head() -> Head {
        let resource = [("service.name".into(), "shop".into())];
        Head::new(&resource)
    }

    fn scope(name: &'static str) -> ScopeHead {
        let scope = InstrumentationScope::builder(name).with_version("1.2");
        let scope =
            scope.with_schema_url("https://schema").with_attributes([KeyValue::new("a", 1)]);
        ScopeHead::new(&scope.build())
    }

    /// Two gauges around a sum, each data point with a time of its own.
    fn encoded(head: &Head, most_bytes: usize) -> Vec<Batch> {
        let mut batches = Batches::with_limit(head, Vec::new(), most_bytes);
        let mut times = 1..;
        let metrics = [
            ("gauge", Aggregation::Gauge, 7),
            ("none", SUM, 0),
            ("sum", SUM, 93),
            ("last", Aggregation::Gauge, 4),
        ];
        batches.begin_scope(scope("none"));
        batches.begin_scope(scope("scope"));
        for (name, aggregation, points) in metrics {
            if name == "last" {
                batches.begin_metric("none", "", "s", SUM);
                batches.begin_scope(scope("other"));
            }
            batches.begin_metric(name, "", "s", aggregation);
            for time in times.by_ref().take(points) {
                batches.add(
                    &Data::Int(-1),
                    Common { attributes: &[], start: 0, time, exemplars: &[] },
                );
            }
        }
        batches.finish().0
    }

    fn decoded(batch: &Batch) -> Vec<Metric> {
        let request = ExportMetricsServiceRequest::decode(&*batch.body).unwrap();
        // No byte of the batch is unknown, and no length is longer than needed.
        assert_eq!(request.encode_to_vec(), *batch.body);
        let [resource] = &*request.resource_metrics else { panic!("one resource") };
        assert_eq!(resource.resource.as_ref().unwrap().attributes[0].key, "service.name");
        let mut metrics = Vec::new();
        for of_scope in &resource.scope_metrics {
            let scope = of_scope.scope.as_ref().unwrap();
            let of_last = of_scope.metrics.iter().any(|metric| metric.name == "last");
            let name = if of_last { "other" } else { "scope" };
            assert_eq!((&*scope.name, &*scope.version), (name, "1.2"));
            assert_eq!(scope.attributes[0].key, "a");
            assert_eq!(of_scope.schema_url, "https://schema");
            assert!(!of_scope.metrics.is_empty());
            metrics.extend(of_scope.metrics.iter().cloned());
        }
        metrics
    }

    /// Name and time of each data point.
    fn named_points(batch: &Batch) -> Vec<(String, u64)> {
        let of = |metric: &Metric| {
            assert_eq!(metric.unit, "s");
            let points = match metric.data.as_ref().unwrap() {
                Decoded::Gauge(data) => &data.data_points,
                Decoded::Sum(data) => {
                    assert_eq!((data.is_monotonic, data.aggregation_temporality), (true, 2));
                    &data.data_points
                }
                other => panic!("{other:?}"),
            };
            assert!(!points.is_empty(), "{} has no data point", metric.name);
            points.iter().map(|p| (metric.name.clone(), p.time_unix_nano)).collect::<Vec<_>>()
        };
        let points: Vec<_> = decoded(batch).iter().flat_map(of).collect();
        assert_eq!(points.len() as u64, batch.points);
        points
    }

    #[test]
    fn a_small_export_is_one_batch() {
        let head = head();
        let batches = encoded(&head, MOST_BYTES);
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].points, 104);
        let names: Vec<_> = decoded(&batches[0]).into_iter().map(|metric| metric.name).collect();
        assert_eq!(names, ["gauge", "sum", "last"]);
    }

    #[test]
    fn batches_have_every_point_once_and_in_order() {
        let head = head();
        let whole = named_points(&encoded(&head, MOST_BYTES)[0]);
        for most in [1, 150, 200, 250, 500, 1000] {
            let batches = encoded(&head, most);
            assert!(batches.iter().all(|batch| batch.body.len() <= most || batch.points == 1));
            let all: Vec<_> = batches.iter().flat_map(named_points).collect();
            assert_eq!(all, whole, "{most}");
        }
        assert_eq!(encoded(&head, 1).len(), 104);
    }

    #[test]
    fn an_export_without_points_is_no_batch() {
        let head = head();
        let mut batches = Batches::new(&head, Vec::new());
        batches.begin_metric("none", "", "", SUM);
        assert!(batches.finish().0.is_empty());
    }
}
