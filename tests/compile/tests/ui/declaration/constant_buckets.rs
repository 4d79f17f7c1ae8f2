use typed_metrics::Metrics;

const UNSORTED: [f64; 3] = [1.0, 5.0, 2.0];
const TWICE: &[f64] = &[1.0, 1.0];
const OPEN: [f64; 2] = [1.0, f64::INFINITY];

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = UNSORTED)]
    Sizes,
    #[histogram(buckets = crate::TWICE)]
    Weights,
    #[histogram(buckets = OPEN)]
    Lengths,
    #[histogram(buckets = [0.0; 0])]
    Heights,
    #[histogram(buckets = [1, UNSORTED[0]])]
    Widths,
}

fn main() {}
