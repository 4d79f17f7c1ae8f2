//! The live page, which shows the metrics of the program in a browser.
//!
//! The page is a few embedded files and one data endpoint. The browser asks for the data once a
//! second, and keeps the history. The page knows nothing of the server, and uses only the core.

mod assets;
mod data;
mod number;
mod process;

pub(crate) use assets::get;
pub(crate) use data::data;
