use typed_metrics::timed;

#[timed(status = |n| *n)]
fn f() -> u8 {
    1
}

fn main() {}
