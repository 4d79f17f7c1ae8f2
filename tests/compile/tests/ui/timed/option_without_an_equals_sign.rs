use typed_metrics::{Metrics, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Took,
    #[counter]
    Count,
}

#[timed(Shop::Took, count: Shop::Count)]
fn a() {}

#[timed(Shop::Took, count Shop::Count)]
fn b() {}

#[timed(ok_if(|n: &u8| *n == 0))]
fn c() -> u8 {
    0
}

#[timed(Shop::Took, none_is_error: true)]
fn d() -> Option<u8> {
    None
}

fn main() {}
