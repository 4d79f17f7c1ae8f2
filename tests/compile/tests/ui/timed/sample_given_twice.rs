use typed_metrics::timed;

#[timed(sample = 1/64, sample = 1/128)]
fn f() {}

fn main() {}
