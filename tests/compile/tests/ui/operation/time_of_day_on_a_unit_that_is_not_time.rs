use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge]
    Depth,
    #[gauge(unit = "s")]
    Opened,
}

fn main() {
    Shop::opened().set_to_now();
    Shop::depth().set_to_now();
}
