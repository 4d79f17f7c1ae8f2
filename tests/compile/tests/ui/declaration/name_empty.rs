use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = "")]
    Requests,
}

fn main() {}
