use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(series_limit = "many")]
    Requests,
}

fn main() {}
