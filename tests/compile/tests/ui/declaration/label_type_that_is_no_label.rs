use typed_metrics::Metrics;

struct Route;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests { route: Route },
}

fn main() {
    Shop::requests(Route).inc();
}
