//! OpenTelemetry's conventions for generative AI.
//!
//! `request` has the labels that the metrics share. `metrics` declares the metrics of the newest
//! conventions, `v1_41` those of the conventions before. `gen_ai` records both, and uses all the
//! others.

mod gen_ai;
mod metrics;
mod request;
mod v1_41;

pub use gen_ai::GenAi;
pub(crate) use gen_ai::PerChunk;
pub use metrics::{GenAiMetrics, ToolType};
pub use request::{GenAiRequest, TokenModality};
pub use v1_41::{GenAiMetricsV1_41, TokenType};
