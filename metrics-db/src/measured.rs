//! Futures and streams that measure themselves.

mod future;
#[cfg(feature = "sqlx")]
mod option;
mod stream;

pub use future::MeasuredFuture;
#[cfg(feature = "sqlx")]
pub(crate) use option::MeasuredOption;
pub use stream::MeasuredStream;
