use typed_metrics::Label;

#[derive(Label)]
struct Price(#[label(name = "price")] f64);

fn main() {}
