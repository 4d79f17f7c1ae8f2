use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(namespace = "shop")]
enum Shop {
    #[counter(help = "Requests served.")]
    Requests,
    #[histogram(bounds = [1, 2])]
    Size,
}

fn main() {}
