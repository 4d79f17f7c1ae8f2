use typed_metrics::Label;

#[derive(Label)]
#[label(crate = "typed_metrics")]
enum Outcome {
    Fine,
}

fn main() {}
