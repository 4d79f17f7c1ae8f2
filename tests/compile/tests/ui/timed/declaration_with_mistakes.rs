use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "seconds")]
    Duration { outcome: Outcome },
    #[histogran]
    Other { outcome: Outcome },
}

#[timed(Shop::Duration { outcome })]
fn f() {}

#[timed(Shop::Other { outcome })]
fn g() {}

fn main() {
    f();
    g();
}
