use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(, prefix = "shop")]
enum Shop {
    #[histogram(unit = "ms",, buckets = [1,, 2])]
    Duration,
}

fn main() {}
