//! From a snapshot to the bytes of a scrape.
//!
//! `scrape` takes the series of one name from a `source` and puts them into `rows`. `text`,
//! `open_metrics_2` and `protobuf` write them.

pub(crate) mod encoder;
mod exemplar;
mod exemplar_labels;
mod family;
mod labels;
mod native;
mod number;
mod open_metrics_2;
#[cfg(any(feature = "prometheus", feature = "prometheus-client"))]
pub(crate) mod plain;
mod protobuf;
mod quote;
mod rows;
mod sample_name;
mod scrape;
mod source;
mod text;
mod varint;
mod warn;
