use typed_metrics::Metrics;

const BLANK: &str = "my shop";
const DOT: &str = "shop.";
const LONG: &str = concat!(
    "shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_",
    "shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_",
    "shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop_shop",
);

#[derive(Metrics)]
#[metrics(prefix = BLANK)]
enum Blank {
    #[counter]
    Requests,
}

#[derive(Metrics)]
#[metrics(prefix = DOT)]
enum Dot {
    #[counter]
    Requests,
}

#[derive(Metrics)]
#[metrics(prefix = crate::LONG)]
enum Long {
    #[counter]
    Requests,
}

fn main() {}
