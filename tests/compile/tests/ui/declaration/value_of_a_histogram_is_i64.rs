use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(value = i64)]
    Size,
}

fn main() {}
