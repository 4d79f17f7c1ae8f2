//! The crates, each used as its documentation recommends for speed.

mod fast_telemetry;
mod floor;
mod measured;
mod metrics;
mod metrics_lib;
mod nm;
mod opentelemetry;
mod prometheus;
mod prometheus_client;
mod typed;
mod vise;

use crate::peer::Peer;

/// Ours first, then the floor, then the other crates.
pub fn all() -> Vec<Peer> {
    vec![
        typed::peer(),
        floor::fetch_add(),
        floor::empty_loop(),
        opentelemetry::attributes(),
        opentelemetry::bound(),
        prometheus::peer(),
        prometheus::local(),
        prometheus_client::peer(),
        metrics::peer(),
        measured::peer(),
        vise::peer(),
        fast_telemetry::peer(),
        metrics_lib::peer(),
        nm::pull(),
        nm::push(),
    ]
}
