use typed_metrics::{Label, LabelGroup, Metrics};

#[derive(Label)]
enum Zone {
    A,
    B,
    C,
    D,
    E,
}

#[derive(LabelGroup)]
struct Place {
    zone: Zone,
    shelf: Zone,
    cold: bool,
}

#[derive(Metrics)]
#[metrics(series_limit = 100)]
enum Shop {
    #[counter]
    Fits(Place),
    #[counter(positional)]
    Moved {
        #[label(group, prefix = "from")]
        from: Place,
        #[label(group, prefix = "to")]
        to: Place,
    },
    #[gauge(positional)]
    AlsoTooMany {
        #[label(group, prefix = "from")]
        from: Place,
        #[label(group, prefix = "to")]
        to: Place,
    },
}

fn main() {}
