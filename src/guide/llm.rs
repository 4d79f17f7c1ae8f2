//! LLM calls: tokens, throughput, time to first token, errors.
//!
//! The feature `llm` brings the module [`llm`](crate::llm), with the metrics and with what records
//! them. They are there without a declaration of yours:
//!
//! | metric | unit | what | recorded |
//! |---|---|---|---|
//! | `input_tokens` | `{token}` | tokens of the input | when the call ends, if they are known |
//! | `prompt_throughput` | `s` | time to process a prompt and receive the whole answer | when the answer is whole |
//! | `token_throughput` | `tokens/s` | output tokens per second of that time | when the answer is whole, if they are known |
//! | `time_to_first_token` | `s` | time until the first content | when it comes, in a stream |
//! | `llm_calls` | `{call}` | calls that ended | when the call ends |
//!
//! Each has the label `model`, and `prompt` if the call is given one: the name of what is asked, such as
//! `summary`. `llm_calls` has `error.type` as well, if the call did not end well; so the share of errors is
//! `llm_calls` that have it, divided by all. The histograms are those of ragbits and keep its names; a
//! handler puts a prefix before them if it is told to.
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
//! /// What sends the request.
//! fn send(question: &str) -> Result<Answer, &'static str> {
//!     if question.is_empty() { Err("400") } else { Ok(Answer { input_tokens: 12, output_tokens: 7 }) }
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
//! A call that is dropped before it ended, by a timeout or because nobody wants the answer any more, counts
//! with `error.type=cancelled`. A call that did not end well leaves no `prompt_throughput` and no
//! `token_throughput`: one that breaks off early would look fast.
//!
//! # A stream
//!
//! Any `Stream` of any client: a closure says what an item is. The time to the first
//! content, the end, an error and the drop are found by themselves.
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
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let items = [Ok(Item::Text("Scattering.")), Ok(Item::Stop { input_tokens: 12, output_tokens: 7 })];
//! let answer = stream::iter(items);
//! let seen = capture_async(LlmCall::start("gpt-5").stream(answer, look).count()).await;
//! let (model, prompt) = ("gpt-5", None);
//! assert_eq!(seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }).count, 1);
//! assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 12.0);
//! # }
//! ```
//!
//! [`last`](crate::llm::Chunk::last) marks the item that says that the answer is whole, which most
//! providers send. Whoever drops the stream after it has not cancelled the call, and what the reader does after
//! it takes no time of the answer's; with
//! [`needs_last`](crate::llm::LlmStream::needs_last), a stream that ends without it counts with
//! `error.type=truncated`, as one does whose connection broke where the client takes that for the end.
//!
//! # Clients
//!
//! The crate `typed-metrics-llm`, which this module is, has adapters as features: `async-openai` and `rig`
//! (that one needs Rust 1.95, as `rig-core` does). In `Cargo.toml`, beside `typed-metrics` with `llm`:
//!
//! ```toml
//! typed-metrics-llm = { version = "0.1", features = ["async-openai"] }
//! ```
//!
//! With `use typed_metrics::llm::Measure`, `.measured()` is all that is added to a call:
//!
//! | client | measured |
//! |---|---|
//! | `async-openai`, chats | `client.chat().measured().create(request).await?` |
//! | | `client.chat().measured().create_stream(request).await?` |
//! | `async-openai`, responses | `client.responses().measured().create(request).await?` |
//! | | `client.responses().measured().create_stream(request).await?` |
//! | `rig-core`, any completion model | `model.measured().call(request).await?` |
//! | | `model.measured().stream(request)?` |
//!
//! `.measured().prompt("summary")` names what is asked. What is measured may be kept, for many calls.
//!
//! Requests are sent as they are. Chats tell the tokens of a stream only if the request asks for them with
//! `stream_options.include_usage`. The error type is the HTTP status if there is one, such as `429`; whatever
//! else servers send, it is one of a fixed set ([`error_type`](crate::llm::error_type)).
//!
//! # OpenTelemetry's conventions
//!
//! The [conventions for generative AI] have metrics of their own. A call that is told who serves it records
//! them too: `gen_ai.client.token.usage`, `gen_ai.client.operation.duration`, and for streams
//! `gen_ai.client.operation.time_to_first_chunk` and `gen_ai.client.operation.time_per_output_chunk`.
//!
//! ```
//! use typed_metrics::llm::{GenAi, GenAiMetrics, LlmCall};
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     LlmCall::start("gpt-5").gen_ai(GenAi::chat("openai").server("api.openai.com", 443)).fail("429");
//! });
//! let failed = GenAiMetrics::OperationDuration {
//!     operation_name: "chat",
//!     provider_name: "openai",
//!     request_model: "gpt-5",
//!     error_type: Some("429"),
//!     server_address: Some("api.openai.com"),
//!     server_port: Some(443),
//! };
//! assert_eq!(seen.histogram(failed).count, 1);
//! ```
//!
//! The adapters take the same: `client.chat().measured().gen_ai(GenAi::chat("openai"))`.
//!
//! `cargo run --example rag --features llm` answers questions about this project, and prints all of these.
//!
//! [conventions for generative AI]: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
