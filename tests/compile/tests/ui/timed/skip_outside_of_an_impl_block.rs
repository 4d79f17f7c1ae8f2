use typed_metrics::timed;

#[timed(skip)]
fn f() {}

fn main() {}
