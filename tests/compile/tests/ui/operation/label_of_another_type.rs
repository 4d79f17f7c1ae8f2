use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str, status: u16 },
}

fn main() {
    Shop::requests("/", "200").inc();
}
