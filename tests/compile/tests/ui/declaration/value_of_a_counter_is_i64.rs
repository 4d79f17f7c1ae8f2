use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(value = i64)]
    Requests,
}

fn main() {}
