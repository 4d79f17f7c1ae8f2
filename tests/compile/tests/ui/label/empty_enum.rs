use typed_metrics::Label;

#[derive(Label)]
enum Outcome {}

fn main() {}
