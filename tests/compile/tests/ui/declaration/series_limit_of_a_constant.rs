use typed_metrics::Metrics;

const LIMIT: usize = 7;

#[derive(Metrics)]
#[metrics(series_limit = LIMIT)]
enum Shop {
    #[counter(series_limit = crate::LIMIT)]
    Requests,
}

fn main() {}
