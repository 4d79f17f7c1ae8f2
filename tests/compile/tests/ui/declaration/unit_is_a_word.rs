use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter(unit = ms)]
    Requests,
}

fn main() {}
