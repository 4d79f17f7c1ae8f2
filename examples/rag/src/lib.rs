//! The parts of the example: a measured client for servers with the protocol of `OpenAI`, such a
//! server, and the passages of documents that match a question. The example `service` uses them,
//! too.

pub mod client;
pub mod documents;
pub mod prices;
pub mod prompt;
pub mod retrieval;
pub mod server;

/// Any error.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
