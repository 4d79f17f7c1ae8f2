use typed_metrics::{Metrics, timed};

#[derive(Metrics)]
enum Shop<'a> {
    #[histogram(unit = "ms")]
    Duration { route: &'a str },
    #[up_down_counter]
    InFlight { route: &'a str },
}

fn uses() {
    Shop::duration("").record(1);
    Shop::in_flight("").inc();
}

#[timed(Shop::Duration { route: route.as_deref()? })]
fn asked(route: Option<String>) -> Option<u8> {
    route.map(|_| 1)
}

#[timed(Shop::Duration { route: if route.is_empty() { return 1 } else { route } })]
fn returned(route: &str) -> u8 {
    u8::from(route.is_empty())
}

#[timed(Shop::Duration { route: "/" }, in_flight = Shop::InFlight { route: std::future::ready("/").await })]
async fn awaited() {}

#[timed(Shop::Duration { route: routes.first().and_then(|route| Some(route.as_deref()?)).unwrap_or("/") })]
fn inside_of_a_closure(routes: &[Option<String>]) {}

fn main() {
    uses();
    asked(None);
    returned("");
    drop(awaited());
    inside_of_a_closure(&[]);
}
