use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(exponential, max_size = -1)]
    Volumes,
    #[histogram(exponential, max_size = 99999999999999999999)]
    Areas,
}

#[derive(Metrics)]
enum Large {
    #[histogram(exponential, max_size = 2 * 500)]
    Depths,
}

fn main() {}
