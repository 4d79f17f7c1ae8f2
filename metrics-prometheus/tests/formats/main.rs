//! What the formats look like, and whether other parsers read back what was recorded.

mod expected;
mod parser;
mod protobuf;
mod random;
mod read_back;
mod texts;
