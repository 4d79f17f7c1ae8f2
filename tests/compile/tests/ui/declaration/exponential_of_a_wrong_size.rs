use typed_metrics::Metrics;

const LARGE: usize = 100_000;

#[derive(Metrics)]
enum Shop {
    #[histogram(exponential, max_size = 3)]
    Sizes,
    #[histogram(exponential, max_size = 100000)]
    Weights,
    #[histogram(exponential, max_size = "80")]
    Lengths,
    #[histogram(exponential, max_size = -1)]
    Volumes,
    #[histogram(exponential, max_size = 99999999999999999999)]
    Areas,
    #[histogram(exponential = 80)]
    Widths,
}

#[derive(Metrics)]
enum Large {
    #[histogram(exponential, max_size = LARGE)]
    Heights,
    #[histogram(exponential, max_size = LARGE / 2)]
    Depths,
}

fn main() {}
