use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = 5)]
    Size,
}

fn main() {}
