use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = [1, f64::INFINITY])]
    Size,
}

fn main() {}
