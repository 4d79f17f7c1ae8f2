use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop:eu")]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
