use typed_metrics::{LabelGroup, Metrics, timed};

#[derive(Clone, Copy, LabelGroup)]
struct Call<'a> {
    route: &'a str,
}

#[derive(Metrics)]
enum Web<'a> {
    #[histogram(unit = "s")]
    Duration(Call<'a>),
    #[histogram(unit = "s")]
    Wait { route: &'a str },
}

#[timed(Web::Wait(route))]
fn wait(route: &str) {}

#[timed(Web::Duration { route })]
fn serve(route: &str) {}

#[timed(Web::Duration(route))]
fn answer(route: &str) {}

fn main() {
    Web::duration(Call { route: "/" }).record(1);
    Web::wait("/").record(1);
    wait("/");
    serve("/");
    answer("/");
}
