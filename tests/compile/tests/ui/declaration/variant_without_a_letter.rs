use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    __,
    #[counter]
    _404,
}

fn main() {}
