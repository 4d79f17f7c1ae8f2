//! The guide: how to declare, record, export and test metrics. This module has no code.
//!
//! - [`declaring`]: declare metrics: kinds, names, units and all attributes.
//! - [`labels`]: the types of labels, and groups of labels that metrics share.
//! - [`histograms`]: buckets, and histograms whose buckets adapt to the values.
//! - [`recording`]: record values: handles, guards, observed metrics and invalid values.
//! - [`states`]: metrics whose value is a state or a fact: `#[state]` and `#[info]`.
//! - [`timed`]: measure functions with the attribute `#[timed]`.
//! - [`runtime`]: register metrics that are known only at run time.
#![cfg_attr(feature = "tower", doc = "- [`http`]: measure HTTP and gRPC, in servers and clients.")]
#![cfg_attr(feature = "tokio", doc = "- [`tokio`]: measure tokio: runtimes, tasks, jemalloc.")]
#![cfg_attr(
    feature = "db",
    doc = "- [`databases`]: measure operations on databases, and connection pools."
)]
#![cfg_attr(
    any(
        feature = "metrics-facade",
        feature = "prometheus-client-registry",
        feature = "prometheus-registry",
        feature = "tracing"
    ),
    doc = "- [`bridges`]: take in what other crates record: `metrics`, `tracing`, `prometheus`."
)]
#![cfg_attr(feature = "llm", doc = "- [`llm`]: measure LLM calls, streamed or not.")]
//! - [`handlers`]: export metrics through handlers, and write your own handler.
#![cfg_attr(
    feature = "prometheus",
    doc = "- [`prometheus`]: let Prometheus scrape a program, and look at its metrics in a browser."
)]
#![cfg_attr(
    feature = "otel",
    doc = "- [`opentelemetry`]: take in what other crates record through OpenTelemetry's API."
)]
#![cfg_attr(
    feature = "catalog",
    doc = "- [`catalog`]: render documentation, dashboards and alerts from the declared metrics."
)]
//! - [`exemplars`]: lead from a metric to the trace of one of its measurements.
//! - [`shutdown`]: export the last values at the end of a program, also at SIGTERM and Ctrl-C.
//! - [`testing`]: assert which metrics your code records.
//! - [`migrating`]: move from `metrics`, `prometheus`, OpenTelemetry, autometrics or ragbits.
//! - [`porting`]: words, names of dashboards and patterns of other metrics crates.
//! - [`cost`]: time and memory that a record costs, and the guarantees.
//!
//! `cargo test` runs every example of the guide.

// Their programs need crates that this package does not depend on: `tests/migrating` runs them.
#[cfg(all(
    doc,
    not(doctest),
    any(
        feature = "metrics-facade",
        feature = "prometheus-client-registry",
        feature = "prometheus-registry",
        feature = "tracing"
    )
))]
pub mod bridges;
#[cfg(feature = "catalog")]
pub mod catalog;
pub mod cost;
#[cfg(feature = "db")]
pub mod databases;
pub mod declaring;
pub mod exemplars;
pub mod handlers;
pub mod histograms;
#[cfg(feature = "tower")]
pub mod http;
pub mod labels;
#[cfg(feature = "llm")]
pub mod llm;
#[cfg(all(doc, not(doctest)))]
pub mod migrating;
#[cfg(feature = "otel")]
pub mod opentelemetry;
pub mod porting;
#[cfg(feature = "prometheus")]
pub mod prometheus;
pub mod recording;
pub mod runtime;
pub mod shutdown;
pub mod states;
pub mod testing;
pub mod timed;
#[cfg(feature = "tokio")]
pub mod tokio;
