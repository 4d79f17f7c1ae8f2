use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics("shop")]
enum Shop {
    #[histogram("ms", buckets = [2, 1])]
    Duration,
}

fn main() {}
