use typed_metrics::{Metrics, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Took,
    #[counter]
    Count,
    #[up_down_counter]
    InFlight,
}

#[timed(Shop::Took, cout = Shop::Count)]
fn a() {}

#[timed(Shop::Took, inflight = Shop::InFlight)]
fn b() {}

#[timed(Shop::Took, bussy)]
async fn c() {}

#[timed(Shop::Took, ok_iff = |n: &u8| *n == 0)]
fn d() -> u8 {
    0
}

#[timed(Shop::Took, total = Shop::Count)]
fn e() {}

#[timed(Shop::Took count = Shop::Count)]
fn f() {}

#[timed(Shop::took)]
fn g() {}

fn main() {}
