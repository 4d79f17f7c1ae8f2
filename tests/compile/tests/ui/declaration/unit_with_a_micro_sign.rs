use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "µs")]
    Duration,
}

fn main() {}
