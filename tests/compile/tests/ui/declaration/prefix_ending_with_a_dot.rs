use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop.")]
enum Shop {
    // Behind a prefix, `4xx` is a valid part of a name, so no error is reported here.
    #[counter(name = "4xx")]
    Requests,
}

fn main() {}
