use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics = "shop"]
enum Shop {
    #[histogram = "ms"]
    Duration,
}

fn main() {}
