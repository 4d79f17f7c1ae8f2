use typed_metrics::{Label, LabelGroup, Metrics};

#[derive(Label)]
enum Zone {
    Eu,
}

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests(Zone),
}

#[derive(LabelGroup)]
struct Place {
    #[label(group)]
    zone: Zone,
}

fn main() {}
