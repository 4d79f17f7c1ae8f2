use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "")]
    A,
    #[gauge(expire = "tomorrow")]
    B,
    #[gauge(expire = "1h30m")]
    C,
    #[gauge(expire = "Never")]
    D,
}

fn main() {}
