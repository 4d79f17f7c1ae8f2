use typed_metrics::{LabelGroup, Metrics};

#[derive(LabelGroup)]
struct Place {
    zone: &'static str,
    shelf: u16,
}

#[derive(Metrics)]
enum Shop {
    #[counter(positional)]
    Moved {
        #[label(group)]
        from: Place,
        #[label(group)]
        to: Place,
    },
    #[counter]
    Counted {
        #[label(group)]
        place: Place,
        shelf: u16,
    },
}

fn main() {}
