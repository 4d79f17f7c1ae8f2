use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {}

fn main() {}
