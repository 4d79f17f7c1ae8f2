use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str },
}

fn main() {
    Shop::Requests.inc();
    Shop::Requests("/").inc();
}
