use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = quadratic(1, 2, 3))]
    Size,
}

fn main() {}
