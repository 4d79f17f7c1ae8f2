use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = "{xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}")]
    Bytes,
}

fn main() {}
