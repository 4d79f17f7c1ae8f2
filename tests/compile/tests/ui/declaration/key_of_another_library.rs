use typed_metrics::{Label, LabelGroup, Metrics};

#[derive(Label)]
#[label(singleton = "direction")]
enum Direction {
    In,
    Out,
}

#[derive(LabelGroup)]
#[label(set = RouteSet)]
struct Route {
    #[label(dynamic_with = Rodeo)]
    path: String,
}

#[derive(Metrics)]
#[metrics(namespace = "shop")]
enum Shop {
    #[counter(help = "Requests served.")]
    Requests,
    #[histogram(bounds = [1, 2], type = u64)]
    Size,
    #[counter(limit = 500, renamed_from = "orders", tags = ["route"])]
    Orders,
    #[histogram(buckets = vec![1.0, 2.0])]
    Weight,
    #[histogram(buckets = exponential_buckets(1.0, 2.0, 10))]
    Length,
    #[gauge]
    Depth {
        #[label(rename = "http.route", to_string)]
        route: u8,
    },
}

fn main() {}
