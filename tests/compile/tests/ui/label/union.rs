use typed_metrics::Label;

#[derive(Label)]
union Tenant {
    id: u64,
}

fn main() {}
