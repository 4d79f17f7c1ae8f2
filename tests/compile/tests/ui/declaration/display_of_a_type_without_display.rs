use typed_metrics::Metrics;

struct Route;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(display)]
        route: Route,
    },
}

fn main() {}
