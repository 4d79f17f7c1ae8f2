use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = "{request")]
    Requests,
    #[counter(unit = "{{request}}")]
    Answers,
}

fn main() {}
