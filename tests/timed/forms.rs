//! `#[timed]` does not change the behaviour of a function, whatever its form.
#![forbid(unsafe_op_in_unsafe_fn)]
#![deny(warnings)]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::implied_bounds_in_impls,
    clippy::multiple_bound_locations,
    clippy::toplevel_ref_arg,
    clippy::unnecessary_literal_bound,
    clippy::unused_self,
    reason = "the functions have every form that users write"
)]

mod arguments;
mod closures;
mod functions;
mod future_types;
mod futures;
mod lints;
mod paths;

use std::pin::Pin;
use std::task::{Context, Poll};

use typed_metrics::testing::Captured;
use typed_metrics::{Metrics, Outcome};

#[derive(Metrics)]
#[metrics(prefix = "forms")]
enum Forms<'a> {
    /// Time of a call.
    #[histogram(unit = "us")]
    Time { name: &'a str, outcome: Outcome },
}

/// Is pending at the first poll, and ready at the second.
fn pause() -> Pause {
    Pause(false)
}

struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// All calls, as `name outcome`, one entry for each recorded call.
fn calls<R>(seen: &Captured<R>) -> Vec<String> {
    let Some(metric) = seen.snapshot.get("forms.time") else { return Vec::new() };
    let mut calls = Vec::new();
    for series in &metric.series {
        let label = |name| series.labels.get(name).unwrap().to_string();
        let count = series.value.as_histogram().unwrap().count;
        calls.extend((0..count).map(|_| format!("{} {}", label("name"), label("outcome"))));
    }
    calls.sort();
    calls
}
