use typed_metrics::timed;

#[timed(count, ok_if)]
fn f() {}

#[timed(skip = true, none_is_error = 1)]
fn g() {}

fn main() {}
