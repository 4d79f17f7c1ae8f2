use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(display = true)]
        status: u16,
    },
}

fn main() {}
