use typed_metrics::timed;

use typed_metrics::Objective;

#[timed(objective = Objective::success(99.9))]
fn f() {}

#[timed(objective = Objective::latency("250", 0.99))]
fn g() {}

fn main() {}
