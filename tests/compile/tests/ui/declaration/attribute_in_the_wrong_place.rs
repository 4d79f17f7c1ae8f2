use typed_metrics::Metrics;

#[derive(Metrics)]
#[counter]
enum Shop {
    #[metrics(prefix = "shop")]
    #[label(name = "orders")]
    #[counter]
    Requests {
        #[gauge]
        #[metrics(prefix = "shop")]
        route: String,
    },
}

fn main() {}
