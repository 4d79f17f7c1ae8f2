#![deny(dead_code)]

use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    // A call of the constructor is enough.
    #[counter]
    Requests { route: &'a str },
    #[gauge]
    Depth { queue: &'a str },
}

fn main() {
    Shop::requests("/").inc();
}
