use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(namespace = "shop")]
enum Shop {
    #[counter(help = "Requests served.")]
    Requests,
    #[histogram(bounds = [1, 2], type = u64)]
    Size,
    #[counter(limit = 500, renamed_from = "orders", tags = ["route"])]
    Orders,
    #[gauge]
    Depth {
        #[label(rename = "http.route", to_string)]
        route: u8,
    },
}

fn main() {}
