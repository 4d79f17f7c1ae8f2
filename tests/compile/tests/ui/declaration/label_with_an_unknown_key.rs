use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(dispaly)]
        status: u16,
    },
}

fn main() {}
