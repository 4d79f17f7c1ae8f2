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
    Shop::Size.time(|| ());
}
