use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = "request count")]
    Requests,
}

fn main() {}
