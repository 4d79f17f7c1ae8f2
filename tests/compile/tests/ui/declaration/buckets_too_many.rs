use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = linear(0, 1, 257))]
    Size,
}

fn main() {}
