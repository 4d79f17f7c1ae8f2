use typed_metrics::Metrics;

enum Phase {
    Starting,
    Running,
}

#[derive(Metrics)]
enum Node {
    #[state]
    Phase { phase: Phase },
}

fn main() {
    Node::phase().set(Phase::Starting);
    let _ = Phase::Running;
}
