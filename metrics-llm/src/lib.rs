//! Measure LLM calls with [typed-metrics]: tokens, cost, throughput, time to first token and
//! errors, with any client, streaming or not.
//!
//! | metric | meaning | unit |
//! |---|---|---|
//! | `input_tokens` | tokens of the input | `{token}` |
//! | `prompt_throughput` | time to process a prompt and receive the whole answer | `s` |
//! | `token_throughput` | output tokens per second of that time | `tokens/s` |
//! | `time_to_first_token` | time until the first content of a streamed answer | `s` |
//! | `llm_calls` | calls that ended; failed and cancelled calls have the label `error.type` | `{call}` |
//! | `llm_tokens` | tokens by [`TokenKind`]: input, cached, output, reasoning | `{token}` |
//! | `llm_cost` | cost by [`TokenKind`], of calls with a [`PriceTable`] | `{currency}` |
//! | `llm_call_cost` | cost of a call, of calls with a [`PriceTable`] | `{currency}` |
//! | `llm_missing` | calls that lack the numbers of tokens or a price: see [`Missing`] | `{call}` |
//!
//! Each metric has the label `model`, and the label `prompt` if the call has a prompt name.
//! [`LlmMetrics`] declares the metrics, and an [`LlmCall`] records them:
//!
//! ```
//! # use typed_metrics_core as typed_metrics;
//! # use typed_metrics_llm as llm;
//! use llm::{LlmCall, LlmMetrics, Usage};
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     let mut call = LlmCall::start("gpt-5").prompt("summary");
//!     // … send the request, and receive the first words of the answer …
//!     call.first_token();
//!     // … receive the rest of the answer, and the numbers of tokens.
//!     call.finish(Usage::new(1200, 80));
//! });
//! let (model, prompt) = ("gpt-5", Some("summary"));
//! assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 1200.0);
//! assert_eq!(seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }).count, 1);
//! assert_eq!(seen.counter(LlmMetrics::LlmCalls { model, prompt, error_type: None }), 1);
//! ```
//!
//! For a stream, write one closure, which describes each item. [`LlmStream`] detects the first
//! content, the end, an error and a drop.
//!
//! # When each metric is recorded
//!
//! | | tokens and cost | `prompt_throughput` | `token_throughput` | `time_to_first_token` | `llm_calls` |
//! |---|---|---|---|---|---|
//! | [`first_token`](LlmCall::first_token) | | | | yes, once | |
//! | [`finish`](LlmCall::finish) | if known | yes | if known | | without `error.type` |
//! | [`fail`](LlmCall::fail) | if known | | | | with `error.type` |
//! | dropped | if known | | | | `error.type=cancelled` |
//!
//! A stream that is dropped after the item that marks the answer as complete counts as finished. If
//! the tokens come in the item after it, they are recorded if this item has arrived by then.
//!
//! A call that has an answer, whole or begun, and lacks the numbers of tokens counts in
//! `llm_missing`, and so does a call whose price table does not have its model. The first call of
//! each kind logs a warning.
//!
//! A call that breaks off records no throughput, so it does not make calls look fast. A call with
//! no output tokens, or with no measurable time, records no `token_throughput` either.
//!
//! # OpenTelemetry's conventions
//!
//! With [`LlmCall::gen_ai`], the same calls also record the metrics that OpenTelemetry's
//! conventions for generative AI define for clients: see [`GenAi`]. [`LlmCall::embeddings`]
//! measures requests for embeddings, and [`ToolExecution`] the tools that a model asks for.
//!
//! # Clients
//!
//! - Feature `async-openai`: `client.chat().measured()`, `client.responses().measured()` and
//!   `client.embeddings().measured()`.
//! - Feature `genai`: `client.measured()`, for chats and embeddings of all its providers.
//! - Feature `rig`: `model.measured()`. This feature needs the compiler that `rig-core` needs: Rust
//!   1.95 for `rig-core` 0.44, and Rust 1.97.1 for 0.46. Everything else needs only the compiler
//!   that `typed-metrics` needs.
//!
//! The feature `serde` reads a [`PriceTable`] from TOML, JSON and other formats.
//!
//! Use this crate through the feature `llm` of `typed-metrics`, as `typed_metrics::llm`. Add this
//! crate to `Cargo.toml` only to enable the features for clients.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod chunk;
mod conventions;
pub mod error_type;
#[cfg(feature = "genai")]
mod genai;
#[cfg(any(feature = "async-openai", feature = "genai", feature = "rig"))]
mod measured;
mod metrics;
mod missing;
#[cfg(feature = "async-openai")]
mod openai;
mod prices;
#[cfg(feature = "rig")]
mod rig;
mod stream;
mod token_kind;
mod tool;
mod usage;
mod whole;

#[cfg(feature = "genai")]
pub use self::genai::{MeasuredGenaiResponse, MeasuredGenaiStream};
pub use call::LlmCall;
pub use chunk::Chunk;
pub use conventions::{
    GenAi, GenAiMetrics, GenAiMetricsV1_41, GenAiRequest, TokenModality, TokenType, ToolType,
};
#[cfg(any(feature = "async-openai", feature = "genai", feature = "rig"))]
pub use measured::{Measure, Measured};
pub use metrics::LlmMetrics;
pub use missing::Missing;
#[cfg(feature = "async-openai")]
pub use openai::{MeasuredChatStream, MeasuredResponseStream};
pub use prices::{PriceError, PriceTable, Prices};
#[cfg(feature = "rig")]
pub use rig::MeasuredCompletionStream;
pub use stream::LlmStream;
pub use token_kind::TokenKind;
pub use tool::ToolExecution;
pub use usage::Usage;
