use typed_metrics::timed;

#[timed]
#[track_caller]
fn f() {}

fn main() {}
