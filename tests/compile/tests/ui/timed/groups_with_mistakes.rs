#![allow(unused)]

use typed_metrics::{LabelGroup, Metrics, Outcome, timed};

#[derive(Clone, Copy, LabelGroup)]
struct Call<'a> {
    route: &'a str,
    status: Option<u16>,
    outcome: Outcome,
}

#[derive(Metrics)]
enum Web<'a> {
    #[histogram(unit = "s")]
    Duration(Call<'a>),
    #[up_down_counter]
    InFlight(Call<'a>),
}

#[timed(Web::Duration(Call { route, status: None, outcome: outcome.into() }))]
fn computes_with_the_outcome(route: &str) {}

#[timed(Web::Duration(Call { route, status, outcome }), status = |status| *status)]
fn computes_a_label_of_a_group(route: &str) -> u16 {
    200
}

#[timed(Web::Duration((Call { route, status, outcome })), status = |status| *status)]
fn computes_a_label_of_a_group_in_parentheses(route: &str) -> u16 {
    200
}

#[timed(Web::Duration(call), status = |status| *status)]
fn computes_a_label_of_a_group_that_it_takes(call: Call<'_>) -> u16 {
    200
}

#[timed(Web::Duration(call), call = |status| *status)]
fn computes_a_group() -> u16 {
    200
}

#[timed(in_flight = Web::InFlight(Call { route, status: None, outcome }))]
fn outcome_at_entry(route: &str) {}

#[timed(Web::Duration(route, None, outcome))]
fn labels_in_parentheses(route: &str) {}

#[timed(Web::Duration(Call { route: route?, status: None, outcome }))]
fn leaves_the_function(route: Option<&str>) {}

fn main() {
    let call = Call { route: "/", status: None, outcome: Outcome::Ok };
    Web::duration(call).record(1);
    Web::in_flight(call).inc();
}
