use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration { outcome: Outcome, status: Option<u16> },
}

#[timed(Shop::Duration { outcome }, status = |returned| *returned)]
fn f() -> u32 {
    200
}

fn main() {
    Shop::duration(Outcome::Ok, None).record(1);
    f();
}
