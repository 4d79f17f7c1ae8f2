use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = exponential(1, 1, 5))]
    Size,
}

fn main() {}
