use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "my shop")]
enum Shop {
    #[counter(unti = "1")]
    Requests { status: u16 },
    #[histogram(unit = "seconds", buckets = [5, 1])]
    Duration,
    Forgotten,
    #[gauge]
    Depth(u8),
}

fn uses_what_is_well_declared() {
    Shop::requests(200).inc();
}

fn main() {}
