use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = 1)]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
