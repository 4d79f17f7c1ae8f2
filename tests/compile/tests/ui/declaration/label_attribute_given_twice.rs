use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(name = "a")]
        #[label(name = "b")]
        status: u16,
    },
}

fn main() {}
