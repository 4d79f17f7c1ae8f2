use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefx = "shop")]
enum Shop {
    #[counter]
    Requests,
}

fn main() {}
