use typed_metrics::Label;

#[derive(Label)]
enum Outcome {
    #[label(display)]
    Fine,
}

fn main() {}
