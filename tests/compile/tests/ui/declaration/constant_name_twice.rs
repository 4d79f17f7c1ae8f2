use typed_metrics::Metrics;

const PREFIX: &str = "shop";

#[derive(Metrics)]
#[metrics(prefix = PREFIX)]
enum Shop {
    #[counter]
    Requests,
    #[counter(name = "requests")]
    Calls,
    #[counter(name = "bad name")]
    Errors,
}

fn main() {}
