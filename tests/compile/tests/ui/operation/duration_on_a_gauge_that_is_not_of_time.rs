use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge(unit = "By")]
    Size,
}

fn main() {
    Shop::size().set(std::time::Duration::from_secs(1));
}
