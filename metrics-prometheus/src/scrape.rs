//! Scrapes: the metrics of this process as bytes, made on threads of their own.
//!
//! Observed callbacks are foreign code and may hang, so each kind of thread does one thing:
//! `callbacks` runs them, and `scraper` reads the values and encodes them. Neither the thread of
//! the server nor a runtime of the program waits for either.

pub(crate) mod callbacks;
#[cfg(any(feature = "server", feature = "tower"))]
pub(crate) mod output;
#[cfg(any(feature = "server", feature = "tower"))]
pub(crate) mod scraper;
