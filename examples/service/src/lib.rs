//! A whole service to start from: it answers questions about this project, and keeps the answers.
//!
//! `main` reads from top to bottom; `README.md` says what there is to see. Each module is one part:
//!
//! - `settings`: the variables of the environment.
//! - `metrics`: the metrics that the service declares.
//! - `routes`: the HTTP API.
//! - `assistant`: the call of the language model.
//! - `store`: the database.
//! - `cleanup`: a background task.
//! - `load`: a driver, for the binary `load` and for the tests.
//! - `scrape`: the numbers at `/metrics`, which the driver compares with its own.

pub mod assistant;
pub mod cleanup;
pub mod load;
pub mod metrics;
pub mod routes;
pub mod scrape;
pub mod settings;
pub mod store;

/// Any error.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
