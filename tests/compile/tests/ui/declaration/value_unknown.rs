use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge(value = u8)]
    Depth,
}

fn main() {}
