use typed_metrics::{Label, Metrics};

#[derive(Label)]
enum Phase {
    Running,
}

#[derive(Metrics)]
enum Node {
    #[state]
    Phase { phase: Phase },
}

fn main() {}
