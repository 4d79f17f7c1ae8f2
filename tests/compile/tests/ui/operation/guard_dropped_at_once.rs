#![deny(unused_must_use)]

use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[up_down_counter]
    Busy,
    #[gauge]
    Depth,
    #[histogram(unit = "s")]
    Time,
}

fn main() {
    Shop::busy();
    Shop::busy().enter();
    Shop::time().start_timer();
    Shop::depth().observe(|| 1);
    typed_metrics::shutdown_guard();
}
