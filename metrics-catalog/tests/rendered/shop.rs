//! The metrics of a small shop: one of every kind, with objectives.

use typed_metrics_catalog::Catalog;
use typed_metrics_core::{Objective, Outcome};
use typed_metrics_derive::{Label, LabelGroup, Metrics, timed};

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
pub(crate) enum Method {
    Get,
    Post,
}

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
pub(crate) enum Phase {
    Starting,
    Running,
    Draining,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub(crate) struct Version<'a> {
    version: &'a str,
    revision: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "shop", crate = typed_metrics_core)]
pub(crate) enum ShopMetrics<'a> {
    /// Time to answer a request.
    #[histogram(unit = "s", buckets = [0.1, 0.25, 0.5, 1, 2.5])]
    RequestDuration { method: Method, outcome: Outcome },

    /// Requests that were answered.
    #[counter(unit = "{request}")]
    Requests { method: Method, route: &'a str, status_code: u16 },

    /// Requests that are being answered.
    #[up_down_counter(unit = "{request}")]
    InFlight,

    /// Memory of the cart's cache.
    #[gauge(unit = "By")]
    CacheMemory,

    /// The share of look-ups that found an entry.
    #[gauge(unit = "1", was = "shop.hits")]
    HitRatio { cache: &'a str },

    /// Size of an answer.
    #[histogram(unit = "By", exponential)]
    ResponseSize,

    /// Phase of a worker.
    #[state]
    WorkerPhase { worker: &'a str, phase: Phase },

    /// The build that runs.
    #[info]
    Build(Version<'a>),
}

#[derive(Metrics)]
#[metrics(prefix = "shop.payment", crate = typed_metrics_core)]
pub(crate) enum PaymentMetrics {
    /// Money taken.
    #[counter(unit = "EUR", value = f64)]
    Revenue,

    /// Time that the bank takes.
    #[histogram(unit = "ms", exponential)]
    BankDuration { outcome: Outcome },

    /// Time of a refund.
    #[histogram(unit = "ms", buckets = [100, 500, 1000])]
    RefundDuration,
}

#[timed(
    ShopMetrics::RequestDuration { method, outcome },
    objective = [Objective::latency("250ms", 0.99), Objective::success(0.999)],
    crate = typed_metrics_core
)]
pub(crate) fn serve(method: Method) -> Result<(), ()> {
    match method {
        Method::Get => Ok(()),
        Method::Post => Err(()),
    }
}

/// Has the objective of `serve`, with the same metric.
#[timed(
    ShopMetrics::RequestDuration { method: Method::Get, outcome },
    objective = Objective::success(0.999),
    crate = typed_metrics_core
)]
pub(crate) fn healthy() -> Result<(), ()> {
    Ok(())
}

#[timed(
    PaymentMetrics::BankDuration { outcome },
    // A budget of 0.2 is too large for the fastest alerts.
    objective = [Objective::latency("2s", 0.95), Objective::success(0.8)],
    crate = typed_metrics_core
)]
pub(crate) fn pay() -> Result<(), ()> {
    Ok(())
}

#[timed(
    PaymentMetrics::RefundDuration,
    // Neither has the histogram this boundary nor a label with the outcome.
    objective = [Objective::latency("750ms", 0.9), Objective::success(0.9)],
    crate = typed_metrics_core
)]
pub(crate) fn refund() {}

#[timed(objective = Objective::latency("1s", 0.99), crate = typed_metrics_core)]
pub(crate) fn parse() {}

pub(crate) fn catalog() -> Catalog {
    Catalog::of_program().only(|entry| entry.name().starts_with("shop."))
}
