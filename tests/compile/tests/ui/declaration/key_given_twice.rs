use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = "1", unit = "s")]
    Requests,
}

fn main() {}
