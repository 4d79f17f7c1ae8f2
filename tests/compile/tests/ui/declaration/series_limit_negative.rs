use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(series_limit = -1)]
    Requests,
    #[counter(series_limit = 99999999999999999999)]
    Errors,
}

fn main() {}
