use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum Shop {
    #[counter(was = "shop.orders")]
    Orders,
    #[counter(was = "shop.Orders")]
    Placed,
    #[counter(was = "shop.sold")]
    Sales,
    #[gauge(was = "shop.sold")]
    Depth,
}

fn main() {}
