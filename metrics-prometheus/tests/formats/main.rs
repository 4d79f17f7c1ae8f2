//! What the formats look like, and whether other parsers read back what was recorded.

extern crate typed_metrics_core as typed_metrics;

mod case;
mod compare;
mod expected;
mod live;
mod names;
mod native;
mod parser;
mod protobuf;
mod random;
mod read_back;
mod recorded;
mod scopes;
mod texts;
