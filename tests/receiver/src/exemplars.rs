//! The exemplars in a request.

use opentelemetry_proto::tonic::metrics::v1::{Exemplar, metric::Data};

use crate::Seen;

impl Seen {
    /// The exemplars of all data points of a metric.
    pub fn exemplars(&self, metric: &str) -> Vec<Exemplar> {
        let resources = self.body.resource_metrics.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        let named = scopes.flat_map(|scope| &scope.metrics).filter(|found| found.name == metric);
        named.filter_map(|metric| metric.data.as_ref()).flat_map(of_data).cloned().collect()
    }
}

fn of_data(data: &Data) -> Vec<&Exemplar> {
    match data {
        Data::Sum(sum) => sum.data_points.iter().flat_map(|point| &point.exemplars).collect(),
        Data::Gauge(gauge) => gauge.data_points.iter().flat_map(|p| &p.exemplars).collect(),
        Data::Histogram(data) => data.data_points.iter().flat_map(|p| &p.exemplars).collect(),
        Data::ExponentialHistogram(data) => {
            data.data_points.iter().flat_map(|point| &point.exemplars).collect()
        }
        Data::Summary(_) => Vec::new(),
    }
}
