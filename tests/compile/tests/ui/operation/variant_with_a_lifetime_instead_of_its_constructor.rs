use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str },
}

fn main() {
    Shop::requests("/").inc();
    Shop::Requests { route: "/" }.inc();
}
