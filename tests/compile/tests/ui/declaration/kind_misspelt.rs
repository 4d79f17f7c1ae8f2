use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogran(unit = "ms")]
    Duration,
}

fn main() {}
