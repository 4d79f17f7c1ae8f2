use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "")]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
