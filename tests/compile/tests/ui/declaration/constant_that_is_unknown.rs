use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = shop)]
enum Shop {
    #[counter(series_limit = LIMIT)]
    Requests,
    #[histogram(buckets = LATENCY)]
    Sizes,
}

fn main() {}
