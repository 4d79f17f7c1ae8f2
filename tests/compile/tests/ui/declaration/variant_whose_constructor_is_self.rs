use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Self_,
    #[counter]
    Crate,
}

fn main() {}
