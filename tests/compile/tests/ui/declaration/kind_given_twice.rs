use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    #[counter(unit = "1")]
    Requests,
}

fn main() {}
