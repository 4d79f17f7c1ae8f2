use typed_metrics::Metrics;

const LIMITS: [f64; 2] = [1.0, 2.0];

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = LIMITS)]
    Sizes,
    #[histogram(buckets = crate::LIMITS)]
    Weights,
    #[histogram(buckets = [1, LIMITS[1]])]
    Lengths,
}

fn main() {}
