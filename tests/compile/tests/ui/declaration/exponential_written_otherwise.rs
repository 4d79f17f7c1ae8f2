use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(buckets = exponential)]
    Sizes,
    #[histogram(buckets = linear)]
    Weights,
    #[histogram(exponential(80))]
    Lengths,
    #[histogram(exponential = 80)]
    Widths,
    #[histogram(exponential(1, 2, 10))]
    Heights,
    #[histogram(exponential = true)]
    Depths,
    #[histogram(exponential =)]
    Areas,
    #[histogram(exponential, max_buckets = 80)]
    Volumes,
}

#[derive(Metrics)]
#[metrics(exponential, max_size = 80, zero_threshold = 0.5)]
enum OfTheEnum {
    #[histogram]
    Sizes,
}

fn main() {}
