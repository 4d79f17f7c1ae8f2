use typed_metrics::Label;

#[derive(Label)]
enum Outcome {
    Ok,
    Failed(u16),
}

fn main() {}
