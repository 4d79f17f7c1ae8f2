use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests,
}

fn main() {
    Shop::Requests.record(1);
    Shop::requests.inc();
}
