use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms", value = u64)]
    Took,
}

fn main() {
    Shop::Took.record(2.7);
}
