use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = [1, 5, 3])]
    Size,
}

fn main() {}
