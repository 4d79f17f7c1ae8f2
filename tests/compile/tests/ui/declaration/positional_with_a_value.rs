use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter(positional = true)]
    Moved { from: &'a str, to: &'a str },
}

fn main() {}
