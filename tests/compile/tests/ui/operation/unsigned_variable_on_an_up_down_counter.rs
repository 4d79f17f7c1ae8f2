use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[up_down_counter]
    Busy,
}

fn main() {
    let n: usize = 3;
    Shop::busy().add(n);
}
