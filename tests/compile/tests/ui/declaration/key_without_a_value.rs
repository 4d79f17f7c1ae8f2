use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix)]
enum Shop {
    #[histogram(unit =, buckets("5"))]
    Duration,
}

fn main() {}
