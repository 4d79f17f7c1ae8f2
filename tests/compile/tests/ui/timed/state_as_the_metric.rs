use typed_metrics::{Label, Metrics, timed};

#[derive(Clone, Copy, Label)]
enum Phase {
    Starting,
    Running,
}

#[derive(Metrics)]
enum Node {
    #[state]
    Phase { phase: Phase },
    #[info]
    Build { version: u8 },
}

#[timed(Node::Phase { phase: Phase::Running })]
fn phase() {}

#[timed(Node::Build { version: 1 })]
fn build() {}

fn main() {
    let _ = Phase::Starting;
}
