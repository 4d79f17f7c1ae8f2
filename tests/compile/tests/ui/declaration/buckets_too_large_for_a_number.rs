use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = [1, 1e999])]
    Size,
}

fn main() {}
