use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "1.5h")]
    A,
    #[gauge(expire = "0.0001s")]
    B,
}

fn main() {}
