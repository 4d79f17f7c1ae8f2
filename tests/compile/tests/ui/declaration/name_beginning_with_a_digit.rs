use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = "4xx")]
    Errors,
}

fn main() {}
