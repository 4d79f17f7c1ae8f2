use typed_metrics::timed;

#[timed]
const fn f() -> u8 {
    1
}

fn main() {}
