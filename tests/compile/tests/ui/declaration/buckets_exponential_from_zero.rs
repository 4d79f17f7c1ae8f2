use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = exponential(0, 2, 5))]
    Size,
}

fn main() {}
