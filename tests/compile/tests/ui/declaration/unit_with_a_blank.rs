use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = "GB per s")]
    Bytes,
}

fn main() {}
