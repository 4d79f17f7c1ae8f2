use typed_metrics::Label;

#[derive(Label)]
#[label(renameall = "snake_case")]
enum Outcome {
    Ok,
}

fn main() {}
