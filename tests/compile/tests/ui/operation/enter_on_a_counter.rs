use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests,
    #[up_down_counter]
    Busy,
    #[gauge]
    Depth,
    #[gauge(value = i64)]
    Balance,
    #[histogram(unit = "By")]
    Size,
    #[histogram(unit = "ms")]
    Time,
}

fn main() {
    let _guard = Shop::requests().enter();
}
