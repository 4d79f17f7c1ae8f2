use typed_metrics::Metrics;

#[derive(Metrics)]
enum App {
    #[info]
    Build { version: u8 },
}

fn main() {
    App::build(1).inc();
    App::build(1).record(1);
    App::build(1).observe(|| 1);
    App::build(1).set(1);
    App::build(1).enter();
}
