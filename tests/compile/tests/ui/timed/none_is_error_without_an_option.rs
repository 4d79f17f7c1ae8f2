use typed_metrics::timed;

#[timed(none_is_error)]
fn f() -> u8 {
    1
}

fn main() {}
