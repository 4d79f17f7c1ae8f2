use typed_metrics::Metrics;

#[derive(Metrics)]
union Shop {
    requests: u64,
}

fn main() {}
