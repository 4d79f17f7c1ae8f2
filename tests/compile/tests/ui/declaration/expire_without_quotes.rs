use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = 10)]
    A,
    #[gauge(expire = 10m)]
    B,
    #[gauge(expire = -10)]
    C,
    #[gauge(expire = 1.5h)]
    D,
    #[gauge(expire = never)]
    E,
    #[gauge(expire = None)]
    F,
    #[gauge(expire = false)]
    G,
    #[gauge(expire)]
    H,
}

fn main() {}
