use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "milliseconds")]
    Duration,
}

fn main() {}
