use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unti = "ms")]
    Requests,
}

fn main() {}
