//! LLM metrics for [typed-metrics]: tokens, throughput, time to first token and errors, of any
//! client, streaming or not.
//!
//! | metric | what | unit |
//! |---|---|---|
//! | `input_tokens` | tokens of the input | `{token}` |
//! | `prompt_throughput` | time to process a prompt and receive the whole answer | `s` |
//! | `token_throughput` | output tokens per second of that time | `tokens/s` |
//! | `time_to_first_token` | time until the first content of a streamed answer | `s` |
//! | `llm_calls` | calls that ended, with `error.type` those that did not end well | `{call}` |
//!
//! All have the label `model`, and `prompt` where it is given. They are those of [`LlmMetrics`], and a
//! call records them:
//!
//! ```
//! # use typed_metrics_core as typed_metrics;
//! # use typed_metrics_llm as llm;
//! use llm::{LlmCall, LlmMetrics, Usage};
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     let mut call = LlmCall::start("gpt-5").prompt("summary");
//!     // … the request is sent, and the first words of the answer come …
//!     call.first_token();
//!     // … and the rest of it, with what it used.
//!     call.finish(Usage::new(1200, 80));
//! });
//! let (model, prompt) = ("gpt-5", Some("summary"));
//! assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 1200.0);
//! assert_eq!(seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }).count, 1);
//! assert_eq!(seen.counter(LlmMetrics::LlmCalls { model, prompt, error_type: None }), 1);
//! ```
//!
//! A stream needs one closure, which says what an item is; [`LlmStream`] finds the rest: the first
//! content, the end, an error, and that nobody wants it any more.
//!
//! # What is recorded when
//!
//! | | `input_tokens` | `prompt_throughput` | `token_throughput` | `time_to_first_token` | `llm_calls` |
//! |---|---|---|---|---|---|
//! | [`first_token`](LlmCall::first_token) | | | | yes, once | |
//! | [`finish`](LlmCall::finish) | if known | yes | if known | | without `error.type` |
//! | [`fail`](LlmCall::fail) | if known | | | | with `error.type` |
//! | dropped | if known | | | | `error.type=cancelled` |
//!
//! A stream that is dropped after the item that says that the answer is whole has finished.
//!
//! So a call that broke off does not make calls look fast. Nothing is divided by no time, and no
//! tokens are no throughput: neither records anything.
//!
//! # OpenTelemetry's conventions
//!
//! With [`LlmCall::gen_ai`], the same calls also record the metrics that OpenTelemetry's conventions
//! for generative AI have for clients: see [`GenAi`].
//!
//! # Clients
//!
//! - Feature `async-openai`: `client.chat().measured()` and `client.responses().measured()`.
//! - Feature `rig`: `model.measured()`. It needs the compiler that `rig-core` needs, Rust 1.95 for 0.44
//!   and 1.97.1 for 0.46; everything else needs what `typed-metrics` needs.
//!
//! Use it through the feature `llm` of the facade, as `typed_metrics::llm`; name this crate beside it
//! only for the features of clients.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod call;
mod chunk;
mod conventions;
pub mod error_type;
#[cfg(any(feature = "async-openai", feature = "rig"))]
mod measured;
mod metrics;
#[cfg(feature = "async-openai")]
mod openai;
#[cfg(feature = "rig")]
mod rig;
mod stream;
mod usage;
mod whole;

pub use call::LlmCall;
pub use chunk::Chunk;
pub use conventions::{GenAi, GenAiMetrics, TokenType};
#[cfg(any(feature = "async-openai", feature = "rig"))]
pub use measured::{Measure, Measured};
pub use metrics::LlmMetrics;
#[cfg(feature = "async-openai")]
pub use openai::{MeasuredChatStream, MeasuredResponseStream};
#[cfg(feature = "rig")]
pub use rig::MeasuredCompletionStream;
pub use stream::LlmStream;
pub use usage::Usage;
