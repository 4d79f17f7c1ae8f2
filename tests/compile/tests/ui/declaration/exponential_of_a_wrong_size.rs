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
    #[histogram(exponential = 80)]
    Widths,
}

#[derive(Metrics)]
enum Large {
    #[histogram(exponential, max_size = LARGE)]
    Heights,
}

fn main() {}
