use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum Shop {
    #[counter]
    Orders,
    #[counter(was = "shop.own")]
    Own,
    #[counter(was = "shop.Orders")]
    Placed,
    #[counter(was = "shop.sold")]
    Sales,
    #[gauge(was = "shop.sold")]
    Depth,
}

fn main() {}
