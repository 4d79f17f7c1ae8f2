use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum Shop {
    #[gauge]
    Größe,
    // With a name of its own it is fine.
    #[gauge(name = "height")]
    Höhe,
}

fn main() {}
