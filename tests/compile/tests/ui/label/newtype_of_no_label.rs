use typed_metrics::Label;

#[derive(Label)]
struct Price(f64);

fn main() {}
