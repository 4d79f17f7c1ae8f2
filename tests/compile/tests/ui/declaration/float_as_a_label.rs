use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests { price: f64 },
}

fn main() {}
