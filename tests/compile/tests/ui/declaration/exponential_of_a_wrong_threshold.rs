use typed_metrics::Metrics;

const UNKNOWN: f64 = 0.0 / 0.0;
const BELOW: f64 = -0.5;
const ENDLESS: f64 = f64::NEG_INFINITY;

#[derive(Metrics)]
enum Shop {
    #[histogram(exponential, zero_threshold = -1)]
    Sizes,
    #[histogram(exponential, zero_threshold = f64::NAN)]
    Weights,
    #[histogram(exponential, zero_threshold = "1")]
    Lengths,
}

#[derive(Metrics)]
enum Unknown {
    #[histogram(exponential, zero_threshold = UNKNOWN)]
    Heights,
    #[histogram(exponential, zero_threshold = 0.0 / 0.0)]
    Depths,
    #[histogram(exponential, zero_threshold = BELOW)]
    Areas,
    #[histogram(exponential, zero_threshold = ENDLESS)]
    Volumes,
}

fn main() {}
