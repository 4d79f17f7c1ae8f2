use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum Shop {
    #[gauge]
    Größe,
    // The key `name` makes this variant valid.
    #[gauge(name = "height")]
    Höhe,
}

fn main() {}
