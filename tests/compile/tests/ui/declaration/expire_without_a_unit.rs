use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(expire = "10")]
    A,
}

fn main() {}
