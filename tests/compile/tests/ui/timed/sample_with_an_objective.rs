use typed_metrics::{Objective, timed};

#[timed(sample = 1/64, objective = Objective::success(0.999))]
fn f() {}

fn main() {}
