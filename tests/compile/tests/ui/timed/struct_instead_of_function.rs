use typed_metrics::timed;

#[timed]
struct Cart;

#[timed]
mod inner {}

#[timed]
const LIMIT: u8 = 1;

fn main() {}
