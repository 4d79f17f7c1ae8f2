use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "10min")]
    A,
    #[gauge(expire = "10 m")]
    B,
    #[histogram(expire = "2 fortnights")]
    C,
    #[gauge(expire = "500us")]
    D,
    #[gauge(expire = "10M")]
    E,
}

fn main() {}
