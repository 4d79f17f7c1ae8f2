use typed_metrics::{Label, Metrics};

#[derive(Label)]
enum Phase {
    Starting,
    Running,
}

#[derive(Metrics)]
enum Node {
    #[state]
    #[gauge]
    Phase { phase: Phase },
    #[states]
    Mode { mode: Phase },
    #[info]
    #[info]
    Build { version: u8 },
}

fn main() {}
