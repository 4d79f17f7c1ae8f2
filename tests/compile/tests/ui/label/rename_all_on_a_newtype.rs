use typed_metrics::Label;

#[derive(Label)]
#[label(rename_all = "kebab-case")]
struct Tenant(String);

fn main() {}
