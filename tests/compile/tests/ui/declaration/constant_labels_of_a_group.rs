use typed_metrics::{LabelGroup, Metrics};

#[derive(LabelGroup)]
struct Place {
    zone: &'static str,
    shelf: u16,
}

#[derive(Metrics)]
#[metrics(labels(zone = "eu"))]
enum Shop {
    #[counter]
    Moved(Place),
}

fn main() {}
