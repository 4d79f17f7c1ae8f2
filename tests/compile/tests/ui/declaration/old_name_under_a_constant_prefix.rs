use typed_metrics::Metrics;

const SHOP: &str = "shop";

#[derive(Metrics)]
#[metrics(prefix = SHOP)]
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

#[derive(Metrics)]
#[metrics(prefix = SHOP)]
enum Checked {
    #[counter]
    Orders,
    #[counter(was = "shop.own")]
    Own,
    #[counter(was = "shop.Orders")]
    Placed,
    #[counter(was = "sold")]
    Sales,
}

fn main() {}
