use typed_metrics::Metrics;

const OLD: &str = "old";

#[derive(Metrics)]
enum Shop {
    #[counter(was = "1st")]
    Digit,
    #[counter(was = "")]
    Empty,
    #[counter(was)]
    Missing,
    #[counter(was = 1)]
    Number,
    #[counter(was = OLD)]
    Constant,
    #[counter(was = "a", was = "b")]
    Twice,
}

fn main() {}
