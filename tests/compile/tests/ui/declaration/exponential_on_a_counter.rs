use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(exponential, max_size = 80)]
    Requests,
    #[gauge(zero_threshold = 0.5)]
    Depth,
}

fn main() {}
