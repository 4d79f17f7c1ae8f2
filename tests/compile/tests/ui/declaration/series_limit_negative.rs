use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(series_limit = -1)]
    Requests,
}

fn main() {}
