use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    requests,
    #[counter]
    bytes_sent,
}

fn main() {}
