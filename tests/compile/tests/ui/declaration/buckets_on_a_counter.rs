use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(buckets = [1, 2])]
    Requests,
}

fn main() {}
