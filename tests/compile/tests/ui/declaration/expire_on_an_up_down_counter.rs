use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[up_down_counter(expire = "10m")]
    A,
    #[up_down_counter(ttl = "10m")]
    B,
}

fn main() {}
