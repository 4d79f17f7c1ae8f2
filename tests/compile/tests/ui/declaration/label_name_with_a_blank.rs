use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(name = "status code")]
        status: u16,
    },
}

fn main() {}
