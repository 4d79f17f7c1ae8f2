use typed_metrics::Label;

#[derive(Label)]
#[label(rename_all = "snakecase")]
enum Outcome {
    Ok,
}

fn main() {}
