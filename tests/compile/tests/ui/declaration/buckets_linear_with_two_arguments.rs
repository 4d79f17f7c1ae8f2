use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = linear(0, 5))]
    Size,
}

fn main() {}
