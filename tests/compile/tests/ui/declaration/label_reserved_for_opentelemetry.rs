use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests {
        #[label(name = "otel.metric.overflow")]
        overflow: bool,
    },
}

fn main() {}
