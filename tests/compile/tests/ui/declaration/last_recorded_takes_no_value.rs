use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(last_recorded = true)]
    A,
}

fn main() {}
