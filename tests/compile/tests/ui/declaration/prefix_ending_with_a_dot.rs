use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop.")]
enum Shop {
    // Behind a prefix this is a name, so nothing is told of it.
    #[counter(name = "4xx")]
    Requests,
}

fn main() {}
