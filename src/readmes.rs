//! The READMEs of the published crates: each program in them is a test.
//!
//! `tests/repository/readmes.rs` checks that the programs are whole, so rustdoc compiles exactly
//! what a reader pastes. The READMEs of `metrics-bridge`, `metrics-db` and `metrics-tower`, whose
//! programs need other crates, are tested in `tests/migrating`, `tests/databases` and `tests/http`.

#[doc = include_str!("../README.md")]
struct Facade;

#[doc = include_str!("../metrics-catalog/README.md")]
struct Catalog;

#[doc = include_str!("../metrics-core/README.md")]
struct Core;

#[doc = include_str!("../metrics-derive/README.md")]
struct Derive;

#[doc = include_str!("../metrics-llm/README.md")]
struct Llm;

#[doc = include_str!("../metrics-logfire/README.md")]
struct Logfire;

#[doc = include_str!("../metrics-otel/README.md")]
struct Otel;

#[doc = include_str!("../metrics-prometheus/README.md")]
struct Prometheus;

#[doc = include_str!("../metrics-system/README.md")]
struct System;

#[doc = include_str!("../metrics-tokio/README.md")]
struct Tokio;
