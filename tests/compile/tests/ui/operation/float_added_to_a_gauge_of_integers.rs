use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[gauge(value = i64)]
    Balance,
}

fn main() {
    Shop::balance().add(0.5);
    Shop::balance().set_max("1");
}
