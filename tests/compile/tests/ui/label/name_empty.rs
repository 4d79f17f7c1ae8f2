use typed_metrics::Label;

#[derive(Label)]
enum Outcome {
    #[label(name = "")]
    Ok,
}

fn main() {}
