use typed_metrics::Label;

#[derive(Label)]
struct Tenant;

fn main() {}
