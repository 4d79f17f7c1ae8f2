//! The scrape endpoint: an HTTP server on a thread of its own.
//!
//! `endpoint` is opened and closed, and has the `address`; `running` owns the thread; `connections`
//! accepts and limits them; `connection` speaks HTTP over one, and `stage` knows what the
//! connection waits for. `site` answers requests, with the help of `host`.

pub(crate) mod address;
pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod endpoint;
pub(crate) mod host;
pub(crate) mod running;
pub(crate) mod site;
pub(crate) mod stage;
