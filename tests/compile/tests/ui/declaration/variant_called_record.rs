use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Record,
}

fn main() {}
