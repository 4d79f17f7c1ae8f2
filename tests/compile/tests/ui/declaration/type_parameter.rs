use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<T> {
    #[counter]
    Requests { route: T },
}

fn main() {}
