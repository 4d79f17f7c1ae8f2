//! The scrape endpoint, over real connections.

mod callbacks;
mod client;
mod hostile;
mod installing;
mod requests;
