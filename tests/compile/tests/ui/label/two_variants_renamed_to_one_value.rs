use typed_metrics::Label;

#[derive(Label)]
#[label(rename_all = "lowercase")]
enum Outcome {
    TimeOut,
    Timeout,
}

fn main() {}
