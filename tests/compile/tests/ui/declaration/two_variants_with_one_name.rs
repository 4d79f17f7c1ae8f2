use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = "requests")]
    Served,
    #[counter]
    Requests,
}

fn main() {}
