use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[up_down_counter(value = u64)]
    Busy,
}

fn main() {}
