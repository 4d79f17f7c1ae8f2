use typed_metrics::{LabelGroup, Metrics};

struct Zone;

#[derive(LabelGroup)]
struct Place {
    zone: Zone,
}

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests(Place),
}

fn main() {
    Shop::requests(Place { zone: Zone }).inc();
}
