use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "B")]
    Body,
    #[histogram(unit = "KiB")]
    Cache,
    #[gauge(unit = "celsius")]
    Warmth,
}

fn main() {}
