use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(labels = ["route"])]
    Requests,
}

fn main() {}
