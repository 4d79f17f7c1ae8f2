use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Zone {
    A,
    B,
    C,
    D,
    E,
}

#[derive(Metrics)]
enum Shop {
    #[counter(series_limit = 100, positional)]
    Requests { from: Zone, to: Zone, cached: Option<bool>, retried: bool },
}

fn main() {
    Shop::requests(Zone::A, Zone::B, None, true).inc();
}
