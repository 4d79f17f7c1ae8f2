use typed_metrics::Metrics;

const SHARD: u16 = 7;

#[derive(Metrics)]
#[metrics(labels(shard = SHARD, zone = zone(), region = REGION))]
enum Shop {
    #[counter]
    Moved,
}

fn zone() -> &'static str {
    "eu"
}

fn main() {}
