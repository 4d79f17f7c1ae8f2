use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(exponential, buckets = [1, 2])]
    Sizes,
}

fn main() {}
