use typed_metrics::timed;

#[timed(in_fligt = Shop::InFlight)]
fn f() {}

#[timed(name = "f")]
fn g() {}

fn main() {}
