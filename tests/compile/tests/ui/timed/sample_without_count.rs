use typed_metrics::{Metrics, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration,
}

#[timed(Shop::Duration, sample = 1/64)]
fn f() {}

fn main() {}
