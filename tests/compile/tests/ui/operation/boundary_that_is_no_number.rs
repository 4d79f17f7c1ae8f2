use typed_metrics::Metric;

fn main() {
    let _ = Metric::histogram("sizes").buckets(["1"]);
}
