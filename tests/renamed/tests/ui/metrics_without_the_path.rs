use tm::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str },
    #[gauge]
    Depth,
}

fn main() {
    Shop::requests("/").inc();
    Shop::Depth.record(1);
}
