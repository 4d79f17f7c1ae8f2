use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration { outcome: Outcome, status: Option<u16> },
}

#[timed(Shop::Duration { outcome }, statuss = |returned| *returned)]
fn f() -> u16 {
    200
}

fn main() {
    Shop::duration(Outcome::Ok, None).record(1);
    f();
}
