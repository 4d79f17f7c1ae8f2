use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(value = "f64")]
    Requests,
}

fn main() {}
