use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        status: u16,
        #[label(name = "status")]
        code: u16,
    },
}

fn main() {}
