use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram]
    Size { le: u16 },
}

fn main() {}
