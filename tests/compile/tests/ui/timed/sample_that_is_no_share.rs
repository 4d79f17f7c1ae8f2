use typed_metrics::timed;

#[timed(sample = 64)]
fn a() {}

#[timed(sample = 0.01)]
fn b() {}

#[timed(sample = 1 in 64)]
fn c() {}

#[timed(sample = 1%)]
fn d() {}

#[timed(sample = "1/64")]
fn e() {}

#[timed(sample = 2/128)]
fn f() {}

#[timed(sample = 63/64)]
fn g() {}

#[timed(sample = -1/64)]
fn h() {}

#[timed(sample = 0)]
fn i() {}

#[timed(sample)]
fn j() {}

#[timed(sample = )]
fn k() {}

fn main() {}
