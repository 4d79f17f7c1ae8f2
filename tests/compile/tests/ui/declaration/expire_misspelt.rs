use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expires = "10m")]
    A,
    #[gauge(expiry = "10m")]
    B,
    #[histogram(ttl = "10m")]
    C,
    #[gauge(last_record)]
    D,
}

fn main() {}
