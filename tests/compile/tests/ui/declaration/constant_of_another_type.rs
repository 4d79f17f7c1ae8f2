use typed_metrics::Metrics;

const LIMIT: u32 = 7;
const PREFIX: u8 = 1;
const SIZES: [u64; 2] = [1, 2];
const ONE: f64 = 1.0;

#[derive(Metrics)]
#[metrics(prefix = PREFIX)]
enum Shop {
    #[counter(series_limit = LIMIT)]
    Requests,
    #[histogram(buckets = SIZES)]
    Sizes,
    #[histogram(buckets = ONE)]
    Weights,
}

fn main() {}
