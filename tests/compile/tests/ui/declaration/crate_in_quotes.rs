use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(crate = "typed_metrics")]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
