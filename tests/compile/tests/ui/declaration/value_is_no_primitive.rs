use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge(value = Option<f64>)]
    Depth,
}

fn main() {}
