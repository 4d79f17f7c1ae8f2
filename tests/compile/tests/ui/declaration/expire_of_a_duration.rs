use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = Duration::from_secs(90))]
    A,
    #[gauge(expire = std::time::Duration::from_mins(10))]
    B,
    #[gauge(expire = Duration::from_secs(10 * 60))]
    C,
    #[gauge(expire = Duration::MAX)]
    D,
    #[gauge(expire = EXPIRY)]
    E,
}

fn main() {}
