//! Splits requests that are too large for collectors.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use prost::Message;

/// The maximal size of a request in bytes, encoded and not compressed: half of gRPC servers'
/// default limit.
pub(crate) const MOST_BYTES: usize = 2 << 20;

/// Splits the request into parts of at most `most` bytes, in order. A part with a single data point
/// may be larger.
pub(crate) fn split(
    request: ExportMetricsServiceRequest,
    most: usize,
) -> Vec<ExportMetricsServiceRequest> {
    if request.encoded_len() <= most || points(&request) < 2 {
        return vec![request];
    }
    let (first, second) = halve(request);
    let mut parts = split(first, most);
    parts.extend(split(second, most));
    parts
}

/// The number of data points of a request.
pub(crate) fn points(request: &ExportMetricsServiceRequest) -> u64 {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| &scope.metrics).map(|metric| points_of(metric) as u64).sum()
}

fn points_of(metric: &Metric) -> usize {
    match &metric.data {
        None => 0,
        Some(Data::Gauge(data)) => data.data_points.len(),
        Some(Data::Sum(data)) => data.data_points.len(),
        Some(Data::Histogram(data)) => data.data_points.len(),
        Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
        Some(Data::Summary(data)) => data.data_points.len(),
    }
}

/// Splits the request into two with half of the data points each.
fn halve(
    mut first: ExportMetricsServiceRequest,
) -> (ExportMetricsServiceRequest, ExportMetricsServiceRequest) {
    // The number of points that still go to the first request.
    let mut left = usize::try_from(points(&first) / 2).unwrap_or(usize::MAX);
    let mut second = ExportMetricsServiceRequest::default();
    for resource in &mut first.resource_metrics {
        let scopes = std::mem::take(&mut resource.scope_metrics);
        let mut resource_rest = ResourceMetrics { scope_metrics: Vec::new(), ..resource.clone() };
        for mut scope in scopes {
            let metrics = std::mem::take(&mut scope.metrics);
            let mut scope_rest = ScopeMetrics { metrics: Vec::new(), ..scope.clone() };
            for mut metric in metrics {
                let count = points_of(&metric);
                let kept = count.min(left);
                left -= kept;
                if kept < count {
                    scope_rest.metrics.push(cut(&mut metric, kept));
                }
                if kept > 0 {
                    scope.metrics.push(metric);
                }
            }
            if !scope.metrics.is_empty() {
                resource.scope_metrics.push(scope);
            }
            if !scope_rest.metrics.is_empty() {
                resource_rest.scope_metrics.push(scope_rest);
            }
        }
        if !resource_rest.scope_metrics.is_empty() {
            second.resource_metrics.push(resource_rest);
        }
    }
    first.resource_metrics.retain(|resource| !resource.scope_metrics.is_empty());
    (first, second)
}

/// Keeps the first `kept` data points in `metric`, and returns the metric with the other points.
fn cut(metric: &mut Metric, kept: usize) -> Metric {
    macro_rules! cut {
        ($kind:ident, $data:expr) => {{
            let points = $data.data_points.split_off(kept);
            let rest = std::mem::replace(&mut $data.data_points, points);
            let others = $data.clone();
            $data.data_points = rest;
            Some(Data::$kind(others))
        }};
    }
    let data = match &mut metric.data {
        None => None,
        Some(Data::Gauge(data)) => cut!(Gauge, data),
        Some(Data::Sum(data)) => cut!(Sum, data),
        Some(Data::Histogram(data)) => cut!(Histogram, data),
        Some(Data::ExponentialHistogram(data)) => cut!(ExponentialHistogram, data),
        Some(Data::Summary(data)) => cut!(Summary, data),
    };
    let kept = std::mem::take(&mut metric.data);
    let rest = Metric { data, ..metric.clone() };
    metric.data = kept;
    rest
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::metrics::v1::{Gauge, NumberDataPoint, Sum};

    use super::*;

    fn metric(name: &str, times: std::ops::Range<u64>) -> Metric {
        let point = |time| NumberDataPoint { time_unix_nano: time, ..NumberDataPoint::default() };
        let data_points = times.map(point).collect();
        let data = if name == "gauge" {
            Data::Gauge(Gauge { data_points })
        } else {
            Data::Sum(Sum { data_points, is_monotonic: true, ..Sum::default() })
        };
        Metric {
            name: name.to_owned(),
            unit: "s".to_owned(),
            data: Some(data),
            ..Metric::default()
        }
    }

    fn request(metrics: Vec<Metric>) -> ExportMetricsServiceRequest {
        let scope = ScopeMetrics { metrics, schema_url: "scope".to_owned(), ..Default::default() };
        let resource = ResourceMetrics {
            scope_metrics: vec![scope],
            schema_url: "resource".to_owned(),
            ..Default::default()
        };
        ExportMetricsServiceRequest { resource_metrics: vec![resource] }
    }

    /// Name and time of each data point.
    fn named_points(request: &ExportMetricsServiceRequest) -> Vec<(String, u64)> {
        let resource = &request.resource_metrics[0];
        let scope = &resource.scope_metrics[0];
        assert_eq!((&*resource.schema_url, &*scope.schema_url), ("resource", "scope"));
        let of = |metric: &Metric| {
            assert_eq!(metric.unit, "s");
            let points = match metric.data.as_ref().unwrap() {
                Data::Gauge(data) => &data.data_points,
                Data::Sum(data) => {
                    assert!(data.is_monotonic);
                    &data.data_points
                }
                other => panic!("{other:?}"),
            };
            let name = metric.name.clone();
            points.iter().map(|p| (name.clone(), p.time_unix_nano)).collect::<Vec<_>>()
        };
        scope.metrics.iter().flat_map(of).collect()
    }

    #[test]
    fn a_small_request_stays_whole() {
        let small = request(vec![metric("sum", 0..10)]);
        assert_eq!(split(small.clone(), MOST_BYTES), [small]);
    }

    #[test]
    fn parts_have_every_point_once_and_in_order() {
        let whole =
            request(vec![metric("gauge", 0..7), metric("sum", 7..100), metric("gauge", 100..104)]);
        for most in [1, 60, 100, 200, 500] {
            let parts = split(whole.clone(), most);
            assert!(parts.iter().all(|part| part.encoded_len() <= most || points(part) == 1));
            let all: Vec<_> = parts.iter().flat_map(named_points).collect();
            assert_eq!(all, named_points(&whole), "{most}");
        }
        assert_eq!(split(whole, 1).len(), 104);
    }
}
