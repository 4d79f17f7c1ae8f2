//! Prices of tokens, and the cost of a call.
//!
//! A price is a decimal number, kept exactly (`price`). A table (`table`) has the prices of models
//! (`model`) in one currency; `read` takes it from a file. Only `table` knows all the others.

mod error;
mod model;
mod price;
#[cfg(feature = "serde")]
mod read;
mod table;

pub use error::PriceError;
pub use model::Prices;
pub(crate) use price::amount;
pub use table::PriceTable;
