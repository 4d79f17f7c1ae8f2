use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "0s")]
    A,
    #[gauge(expire = "0")]
    B,
}

fn main() {}
