use typed_metrics::Label;

#[derive(Label)]
struct Tenant {
    id: u64,
    name: String,
}

fn main() {}
