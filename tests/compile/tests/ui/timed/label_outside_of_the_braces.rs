use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration { outcome: Outcome, status: u16 },
}

#[timed(Shop::Duration { outcome }, status = 200)]
fn f() {}

fn main() {
    Shop::duration(Outcome::Ok, 200).record(1);
    f();
}
