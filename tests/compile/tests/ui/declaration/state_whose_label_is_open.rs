use typed_metrics::{Label, Metrics};

#[derive(Label)]
enum Phase {
    Starting,
    Running,
}

#[derive(Metrics)]
enum Node<'a> {
    #[state]
    Phase { phase: Phase, node: &'a str },
    #[state]
    Name {
        #[label(display)]
        name: u16,
    },
}

fn main() {}
