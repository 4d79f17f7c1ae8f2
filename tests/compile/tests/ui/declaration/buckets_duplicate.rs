use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = [1, 5, 5.0])]
    Size,
}

fn main() {}
