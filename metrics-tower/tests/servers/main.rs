//! The layer for servers, in real servers on the loopback interface.
//!
//! Each test runs its server and its client on one thread, so a capture of the thread sees all that
//! the server records.

mod axum_routes;
mod ends;
mod hyper_server;
mod sizes;
mod support;
mod upgrades;
