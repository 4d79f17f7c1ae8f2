use typed_metrics::Label;

#[derive(Label)]
enum Outcome {
    Ok,
    #[label(name = "ok")]
    Fine,
}

fn main() {}
