use typed_metrics::Metrics;

fn limit() -> usize {
    7
}

fn prefix() -> &'static str {
    "shop"
}

fn buckets() -> [f64; 2] {
    [1.0, 2.0]
}

#[derive(Metrics)]
#[metrics(prefix = prefix())]
enum Shop {
    #[counter(series_limit = limit())]
    Requests,
    #[histogram(buckets = buckets())]
    Sizes,
}

fn main() {}
