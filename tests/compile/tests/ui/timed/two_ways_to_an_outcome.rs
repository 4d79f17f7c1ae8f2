use typed_metrics::timed;

#[timed(ok_if = |n| *n > 1, none_is_error)]
fn f() -> u8 {
    1
}

fn main() {}
