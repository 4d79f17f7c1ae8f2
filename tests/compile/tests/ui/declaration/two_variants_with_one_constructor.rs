use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(name = "a")]
    HttpCalls,
    #[counter(name = "b")]
    HTTPCalls,
}

fn main() {}
