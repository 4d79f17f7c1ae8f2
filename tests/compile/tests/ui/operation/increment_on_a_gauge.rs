use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge]
    Depth,
}

fn main() {
    Shop::depth().increment(1);
    Shop::depth().decrement(2);
    Shop::depth().set_to_current_time();
}
