use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "213503982335d")]
    A,
    #[gauge(expire = "99999999999999999999s")]
    B,
}

fn main() {}
