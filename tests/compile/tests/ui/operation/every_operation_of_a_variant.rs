use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[up_down_counter]
    Conns { tls: bool },
    #[gauge]
    Depth,
    #[histogram(unit = "By")]
    Size,
}

fn main() {
    Shop::Conns { tls: true }.inc();
    Shop::Depth.sub(1);
    Shop::Depth.set_max(1);
    Shop::Depth.set_min(1);
    Shop::Depth.set_to_now();
    Shop::Size.record_many(1, 2);
}
