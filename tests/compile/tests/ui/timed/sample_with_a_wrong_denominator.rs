use typed_metrics::timed;

const RATE: u64 = 64;

#[timed(sample = 1/0)]
fn a() {}

#[timed(sample = 1/-64)]
fn b() {}

#[timed(sample = 1/6.4)]
fn c() {}

#[timed(sample = 1/4294967296)]
fn d() {}

fn main() {}

mod constant {
    use super::*;

    #[timed(sample = 1 / RATE)]
    fn e() {}
}
