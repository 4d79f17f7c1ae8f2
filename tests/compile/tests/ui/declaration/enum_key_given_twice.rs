use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "a", prefix = "b")]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
