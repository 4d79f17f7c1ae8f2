use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str },
    #[up_down_counter]
    Conns,
}

fn main() {
    Shop::requests { route: "/" }.record(1);
    Shop::request("/").inc();
    Shop::CONNS.record(1);
    Shop::conns.inc();
    Shop::Conns().inc();
}
