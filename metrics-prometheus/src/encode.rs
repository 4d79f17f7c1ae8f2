//! From a snapshot to the bytes of a scrape.
//!
//! `encoder` sorts metrics by their translated names and puts the series of one name into `rows`.
//! `text`, `open_metrics_2` and `protobuf` write them.

pub(crate) mod encoder;
mod family;
mod labels;
mod number;
mod open_metrics_2;
mod protobuf;
mod quote;
mod rows;
mod sample_name;
mod text;
