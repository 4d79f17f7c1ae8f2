use typed_metrics::{Label, Metrics};

#[derive(Label)]
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

fn main() {
    Node::phase().inc();
    Node::phase().record(1);
    Node::phase().start_timer();
    Node::phase().set_max(Phase::Running);
    Node::phase().set(1);
    Node::phase(Phase::Running);
    Node::build(1).set(1);
    Node::Phase { phase: Phase::Starting }.set();
}
