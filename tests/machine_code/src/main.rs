//! A program with a function whose machine code `run` compares with a recorded one.

use std::hint::black_box;

use typed_metrics::{Label, Metrics};

#[derive(Debug, Clone, Copy, Label)]
enum Kind {
    Read,
    Write,
    Delete,
}

#[derive(Debug, Clone, Copy, Label)]
enum Route {
    Home,
    Search,
    Order,
    Pay,
}

#[derive(Metrics)]
#[metrics(prefix = "machine_code")]
enum MachineCode {
    #[counter]
    Errors { kind: Kind, route: Route },
}

/// A counter with two fixed labels, known only at run time.
#[inline(never)]
fn counter(kind: Kind, route: Route) {
    MachineCode::errors(kind, route).inc();
}

fn main() {
    for kind in [Kind::Read, Kind::Write, Kind::Delete] {
        for route in [Route::Home, Route::Search, Route::Order, Route::Pay] {
            counter(black_box(kind), black_box(route));
        }
    }
    println!("{}", typed_metrics::snapshot());
}
