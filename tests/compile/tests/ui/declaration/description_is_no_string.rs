use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(description = 1)]
    Requests,
}

fn main() {}
