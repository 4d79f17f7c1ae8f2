use typed_metrics::{LabelGroup, Metrics};

#[derive(LabelGroup)]
struct Place {
    rack: u8,
}

#[derive(Metrics)]
enum Node {
    #[state]
    Alone,
    #[state]
    Grouped(Place),
    #[state]
    Last {
        node: u8,
        #[label(group)]
        place: Place,
    },
    #[info]
    Build,
}

fn main() {
    Node::alone().set(1);
    Node::build().set();
}
