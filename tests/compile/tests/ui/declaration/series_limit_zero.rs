use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(series_limit = 0)]
    Requests,
}

fn main() {}
