use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    /// Requests.
    Requests,
}

fn main() {}
