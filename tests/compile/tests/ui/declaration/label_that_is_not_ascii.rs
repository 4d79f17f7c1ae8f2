use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests { größe: u16, _route: String },
}

fn main() {}
