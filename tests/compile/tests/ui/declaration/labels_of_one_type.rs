#![deny(deprecated)]

use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Moved { from: &'a str, shelf: u16, to: &'a str },
    #[gauge(positional)]
    Distance { x: u8, y: u8 },
}

fn main() {
    Shop::moved("a", 1, "b").inc();
}
