use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge(buckets = [1, 2])]
    Depth,
}

fn main() {}
