use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = ["1", 2])]
    Size,
}

fn main() {}
