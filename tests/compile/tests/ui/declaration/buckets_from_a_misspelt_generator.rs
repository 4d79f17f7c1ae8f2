use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = exponental(1, 2, 10))]
    Size,
}

fn main() {}
