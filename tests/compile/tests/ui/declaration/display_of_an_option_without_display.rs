use typed_metrics::Metrics;

struct Route;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(display)]
        route: Option<Route>,
    },
}

fn main() {}
