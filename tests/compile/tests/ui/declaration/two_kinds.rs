use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    #[gauge]
    Requests,
}

fn main() {}
