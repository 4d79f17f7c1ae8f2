use typed_metrics::timed;

struct Cart;

#[timed]
impl Cart {
    const fn limit() -> u8 {
        1
    }
}

fn main() {}
