use typed_metrics::{Label, Metrics, Outcome, timed};

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
}

#[derive(Metrics)]
enum Shop {
    #[histogram(unit = "ms")]
    Duration { endpoint: Endpoint, outcome: Outcome },
    #[histogram(unit = "By")]
    Size,
    #[counter]
    Requests,
    #[up_down_counter]
    InFlight,
}

fn uses() {
    Shop::duration(Endpoint::Search, Outcome::Ok).record(1);
    Shop::size().record(1);
    Shop::requests().inc();
    Shop::in_flight().inc();
}

#[timed(Shop::Duration { outcome })]
fn f() {}

fn main() {
    uses();
    f();
}
