use typed_metrics::{Label, LabelGroup, Metrics};

#[derive(Label)]
enum Phase {
    Starting,
    Running,
}

#[derive(LabelGroup)]
struct Place {
    phase: u8,
}

#[derive(Metrics)]
enum Node {
    #[state]
    Phase {
        #[label(group)]
        place: Place,
        phase: Phase,
    },
}

#[derive(Metrics)]
#[metrics(labels(phase = "all"))]
enum Constant {
    #[state]
    Phase { phase: Phase },
}

fn main() {}
