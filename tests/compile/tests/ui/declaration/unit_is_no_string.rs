use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = 5)]
    Requests,
}

fn main() {}
