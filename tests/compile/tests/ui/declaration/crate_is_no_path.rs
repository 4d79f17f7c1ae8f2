use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(crate = typed-metrics)]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
