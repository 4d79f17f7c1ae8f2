//! Measure LLM calls: tokens, throughput, time to first token and errors.
//!
//! The feature `llm` adds the module [`llm`](crate::llm), with the metrics and the types that
//! record them. You declare nothing:
//!
//! | metric | unit | meaning | recorded |
//! |---|---|---|---|
//! | `input_tokens` | `{token}` | tokens of the input | when the call ends, if the number is known |
//! | `prompt_throughput` | `s` | time to process a prompt and receive the whole answer | when the answer is complete |
//! | `token_throughput` | `tokens/s` | output tokens per second of that time | when the answer is complete, if the number of tokens is known |
//! | `time_to_first_token` | `s` | time until the first content of a stream | when the first content arrives |
//! | `llm_calls` | `{call}` | calls that ended | when the call ends |
//!
//! Each metric has the label `model`, and the label `prompt` if the call has a prompt name, such as
//! `summary`. If the call failed or was cancelled, `llm_calls` also has the label `error.type`. The
//! error rate is the number of `llm_calls` with `error.type`, divided by the number of all
//! `llm_calls`.
//!
//! The histograms are those of ragbits, and have ragbits' names. A handler can put a prefix before
//! the names.
//!
//! # A call
//!
//! ```
//! use typed_metrics::llm::{LlmCall, LlmMetrics, Usage};
//! use typed_metrics::testing::capture;
//!
//! struct Answer {
//!     input_tokens: u64,
//!     output_tokens: u64,
//! }
//!
//! /// Sends the request.
//! fn send(question: &str) -> Result<Answer, &'static str> {
//!     if question.is_empty() {
//!         return Err("400");
//!     }
//!     Ok(Answer { input_tokens: 12, output_tokens: 7 })
//! }
//!
//! fn ask(question: &str) -> Result<Answer, &'static str> {
//!     let call = LlmCall::start("gpt-5").prompt("question");
//!     match send(question) {
//!         Ok(answer) => {
//!             call.finish(Usage::new(answer.input_tokens, answer.output_tokens));
//!             Ok(answer)
//!         }
//!         Err(status) => {
//!             call.fail(status);
//!             Err(status)
//!         }
//!     }
//! }
//!
//! let seen = capture(|| (ask("Why is the sky blue?").is_ok(), ask("").is_ok()));
//! assert_eq!(seen.returned, (true, false));
//!
//! let (model, prompt) = ("gpt-5", Some("question"));
//! let ended = |error_type| seen.counter(LlmMetrics::LlmCalls { model, prompt, error_type });
//! assert_eq!((ended(None), ended(Some("400"))), (1, 1));
//! assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 12.0);
//! assert_eq!(seen.histogram(LlmMetrics::TokenThroughput { model, prompt }).count, 1);
//! ```
//!
//! A call that is dropped before its end counts with `error.type=cancelled`; a timeout does that,
//! or a user who leaves. A call that failed or was cancelled records no `prompt_throughput` and no
//! `token_throughput`, because a call that breaks off early would look fast.
//!
//! # A stream
//!
//! [`LlmCall::stream`](crate::llm::LlmCall::stream) measures any `Stream` of any client. A closure
//! describes each item as a [`Chunk`](crate::llm::Chunk). The stream itself detects the first
//! content, the end, an error and a drop.
//!
//! ```
//! use futures_util::{StreamExt, stream};
//! use typed_metrics::llm::{Chunk, LlmCall, LlmMetrics, Usage, error_type};
//! use typed_metrics::testing::capture_async;
//!
//! #[derive(Clone)]
//! enum Item {
//!     Text(&'static str),
//!     Stop { input_tokens: u64, output_tokens: u64 },
//! }
//!
//! fn look(item: &Result<Item, std::io::ErrorKind>) -> Chunk {
//!     match item {
//!         Ok(Item::Text(_)) => Chunk::content(),
//!         Ok(Item::Stop { input_tokens, output_tokens }) => {
//!             Chunk::other().usage(Usage::new(*input_tokens, *output_tokens)).last()
//!         }
//!         Err(_) => Chunk::error(error_type::TRANSPORT),
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let answer = stream::iter([
//!         Ok(Item::Text("Scattering.")),
//!         Ok(Item::Stop { input_tokens: 12, output_tokens: 7 }),
//!     ]);
//!     let seen = capture_async(LlmCall::start("gpt-5").stream(answer, look).count()).await;
//!     let (model, prompt) = ("gpt-5", None);
//!     assert_eq!(seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }).count, 1);
//!     assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 12.0);
//! }
//! ```
//!
//! Most providers send an item that marks the answer as complete. [`last`](crate::llm::Chunk::last)
//! tells the stream which item that is. Two rules follow:
//!
//! - A drop of the stream after this item does not cancel the call, and the time that the reader
//!   spends after it is not part of the answer's time.
//! - With [`needs_last`](crate::llm::LlmStream::needs_last), a stream that ends without this item
//!   counts with `error.type=truncated`. Many clients report a broken connection as the end of the
//!   stream; this rule detects it.
//!
//! # Clients
//!
//! The module `llm` is the crate `typed-metrics-llm`. That crate has an adapter for each supported
//! client, as a feature: `async-openai`, and `rig`, which needs Rust 1.95 because `rig-core` does.
//! In `Cargo.toml`, add beside `typed-metrics` with the feature `llm`:
//!
//! ```toml
//! typed-metrics-llm = { version = "0.1", features = ["async-openai"] }
//! ```
//!
//! With `use typed_metrics::llm::Measure`, add `.measured()` to a call:
//!
//! | client | measured call |
//! |---|---|
//! | `async-openai`, chats | `client.chat().measured().create(request).await?` |
//! | | `client.chat().measured().create_stream(request).await?` |
//! | `async-openai`, responses | `client.responses().measured().create(request).await?` |
//! | | `client.responses().measured().create_stream(request).await?` |
//! | `rig-core`, any completion model | `model.measured().call(request).await?` |
//! | | `model.measured().stream(request)?` |
//!
//! `.measured().prompt("summary")` sets the label `prompt`. Keep the value that `.measured()`
//! returns to measure many calls.
//!
//! The adapters do not change requests. A server reports the tokens of a streamed chat only if the
//! request asks for them with `stream_options.include_usage`. The error type is the HTTP status if
//! there is one, such as `429`; otherwise it is one of a fixed set, whatever the server sends
//! ([`error_type`](crate::llm::error_type)).
//!
//! # OpenTelemetry's conventions
//!
//! The [conventions for generative AI] define their own metrics. A call with a
//! [`GenAi`](crate::llm::GenAi), which names the provider, records them as well:
//! `gen_ai.client.token.usage`, `gen_ai.client.operation.duration`, and for streams
//! `gen_ai.client.operation.time_to_first_chunk` and
//! `gen_ai.client.operation.time_per_output_chunk`.
//!
//! ```
//! use typed_metrics::llm::{GenAi, GenAiMetrics, GenAiRequest, LlmCall};
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     let conventions = GenAi::chat("openai").server("api.openai.com", 443);
//!     LlmCall::start("gpt-5").gen_ai(conventions).fail("429");
//! });
//! let request = GenAiRequest {
//!     operation_name: "chat",
//!     provider_name: "openai",
//!     request_model: "gpt-5",
//!     server_address: Some("api.openai.com"),
//!     server_port: Some(443),
//! };
//! let failed = GenAiMetrics::OperationDuration { request, error_type: Some("429") };
//! assert_eq!(seen.histogram(failed).count, 1);
//! ```
//!
//! The adapters also take a `GenAi`: `client.chat().measured().gen_ai(GenAi::chat("openai"))`.
//!
//! In a clone of the repository, `cargo run -p rag` answers questions about this project, and
//! prints all these metrics.
//!
//! [conventions for generative AI]: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
