use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = requests)]
    Requests,
}

fn main() {}
