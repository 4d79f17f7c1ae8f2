use std::time::Duration;
use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Time,
}

fn main() {
    Shop::time().record(Duration::ZERO.as_millis());
}
