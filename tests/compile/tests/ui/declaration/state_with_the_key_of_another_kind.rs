use typed_metrics::{Label, Metrics};

#[derive(Label)]
enum Phase {
    Starting,
    Running,
}

#[derive(Metrics)]
enum Node {
    #[state(unit = "s")]
    Phase { phase: Phase },
    #[state(expire = "1h", value = f64)]
    Mode { mode: Phase },
    #[info(buckets = [1], wos = "build")]
    Build { version: u8 },
    #[state = "Phase"]
    Last { mode: Phase },
}

fn main() {}
