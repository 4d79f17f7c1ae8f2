use typed_metrics::timed;

#[timed(busy)]
fn f() {}

fn main() {}
