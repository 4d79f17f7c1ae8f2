use typed_metrics::{Label, Metrics};

#[derive(Label)]
struct Price(f32);

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests { price: Option<f64>, other: Price },
}

fn main() {}
