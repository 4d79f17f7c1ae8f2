use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration { outcome: Outcome },
}

#[timed(metric = Shop::Duration { outcome })]
fn f() {}

fn main() {
    Shop::duration(Outcome::Ok).record(1);
    f();
}
