use typed_metrics::Metrics;

#[derive(Metrics)]
struct Shop {
    requests: u64,
}

fn main() {}
