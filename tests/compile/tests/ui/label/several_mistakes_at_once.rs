use typed_metrics::Label;

#[derive(Label)]
#[label(rename_al = "kebab-case")]
enum Outcome {
    #[label(name = "")]
    Fine,
    Failed(u16),
    #[label(name = 5)]
    Slow,
}

fn main() {}
