use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<const N: usize> {
    #[counter]
    Requests,
}

fn main() {}
