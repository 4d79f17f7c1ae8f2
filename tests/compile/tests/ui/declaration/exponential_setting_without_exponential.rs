use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "s", max_size = 80, zero_threshold = 0.5)]
    Duration,
}

fn main() {}
