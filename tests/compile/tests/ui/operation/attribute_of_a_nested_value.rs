use typed_metrics::{MetricType, attributes, record_metric};

fn main() {
    let tags = vec!["a", "b"];
    record_metric("jobs", 1, MetricType::Counter, attributes!("tags" => tags)).unwrap();
}
