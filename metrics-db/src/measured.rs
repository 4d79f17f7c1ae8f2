//! Futures and streams that measure themselves.

mod future;
mod stream;

pub use future::MeasuredFuture;
pub use stream::MeasuredStream;
