use typed_metrics::timed;

#[timed(ok_if = |n| *n > 1, ok_if = |n| *n > 2)]
fn f() -> u8 {
    1
}

fn main() {}
