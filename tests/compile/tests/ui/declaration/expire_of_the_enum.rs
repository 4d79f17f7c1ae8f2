use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(expire = "10min", last_recorded = "yes")]
enum Shop {
    #[counter]
    A,
}

#[derive(Metrics)]
#[metrics(expire = "10m", expire = "20m", ttl = "30m")]
enum Other {
    #[counter(last_recorded, last_recorded)]
    B,
}

fn main() {}
