//! Measure LLM calls: tokens, cost, throughput, time to first token and errors.
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
//! | `llm_tokens` | `{token}` | tokens by kind | when the call ends, if the number is known |
//! | `llm_cost` | `{currency}` | cost by kind of token | when a call with prices ends |
//! | `llm_call_cost` | `{currency}` | cost of a call | when a call with prices ends |
//! | `llm_missing` | `{call}` | calls that lack a number | when the call ends |
//!
//! Each metric has the label `model`, and the label `prompt` if the call has a prompt name, such as
//! `summary`. If the call failed or was cancelled, `llm_calls` also has the label `error.type`. The
//! error rate is the number of `llm_calls` with `error.type`, divided by the number of all
//! `llm_calls`.
//!
//! The first four are those of ragbits, and have ragbits' names. A handler can put a prefix before
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
//! # Cached tokens and reasoning
//!
//! [`Usage`](crate::llm::Usage) takes the parts of the input and of the output that providers
//! report. Cached tokens are part of the input, and tokens of reasoning are part of the output.
//! `llm_tokens` splits them: its label `kind` is `input`, `cache_read`, `cache_write`, `output` or
//! `reasoning`, and each token has one kind. So a sum over all kinds is the number of all tokens.
//!
//! ```
//! use typed_metrics::llm::{LlmCall, LlmMetrics, TokenKind, Usage};
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     let usage = Usage::new(1200, 80).cache_read(1000).reasoning(60);
//!     LlmCall::start("gpt-5").finish(usage);
//! });
//! let of = |kind| seen.counter(LlmMetrics::LlmTokens { model: "gpt-5", prompt: None, kind });
//! assert_eq!((of(TokenKind::Input), of(TokenKind::CacheRead)), (200, 1000));
//! assert_eq!((of(TokenKind::Output), of(TokenKind::Reasoning)), (20, 60));
//! ```
//!
//! # Cost
//!
//! A [`PriceTable`](crate::llm::PriceTable) has your prices of a million tokens, in one currency.
//! Tokens without a price of their own cost as much as the tokens that they are part of. The unit
//! of the metrics is the currency, which the label `currency` names. Group queries by this label if
//! you have several tables.
//!
//! ```
//! use typed_metrics::llm::{LlmCall, LlmMetrics, PriceTable, Prices, Usage};
//! use typed_metrics::testing::capture;
//!
//! let prices = PriceTable::new("USD", [
//!     ("gpt-5", Prices::new(1.25, 10).cache_read(0.125)),
//!     ("text-embedding-3-small", Prices::input(0.02)),
//! ])?;
//! let seen = capture(|| {
//!     LlmCall::start("gpt-5").prices(&prices).finish(Usage::new(1000, 200));
//! });
//! let (model, prompt, currency) = ("gpt-5", None, "USD");
//! let cost = seen.histogram(LlmMetrics::LlmCallCost { model, prompt, currency });
//! assert_eq!(cost.sum, 0.00325);
//! # Ok::<(), typed_metrics::llm::PriceError>(())
//! ```
//!
//! The cost of a call is computed in integers of 10^-12 of the currency, so it is exact. It is
//! recorded as the nearest `f64`. The feature `serde` of `typed-metrics-llm` reads the table from
//! TOML or JSON:
//!
//! ```toml
//! currency = "USD"
//!
//! [models]
//! "gpt-5" = { input = 1.25, cache_read = 0.125, output = 10 }
//! ```
//!
//! # Missing numbers
//!
//! A call whose answer came without the numbers of tokens records neither tokens nor a cost, and a
//! call of a model without a price records no cost. The counter `llm_missing` counts these calls,
//! and its label `missing` says what they lack: `tokens`, `input_tokens`, `output_tokens` or
//! `price`. The first call of each kind logs a warning, which says how to fix it. Compare
//! `llm_missing` with `llm_calls` before you trust a sum of tokens or costs.
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
//! tells the stream which item that is. Three rules follow:
//!
//! - A drop of the stream after this item does not cancel the call, and the time that the reader
//!   spends after it is not part of the answer's time.
//! - If the tokens are unknown at this item, the stream asks for the next item at once, because
//!   many servers report the tokens there. So a reader that stops at `finish_reason` has the tokens
//!   if they have arrived.
//! - With [`needs_last`](crate::llm::LlmStream::needs_last), a stream that ends without this item
//!   counts with `error.type=truncated`. Many clients report a broken connection as the end of the
//!   stream; this rule detects it.
//!
//! # Clients
//!
//! The module `llm` is the crate `typed-metrics-llm`. That crate has an adapter for each supported
//! client, as a feature: `async-openai`, `genai`, and `rig`, which needs Rust 1.95 because
//! `rig-core` does.
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
//! | `async-openai`, embeddings | `client.embeddings().measured().create(request).await?` |
//! | `genai`, any provider | `client.measured().exec_chat(model, request, None).await?` |
//! | | `client.measured().exec_chat_stream(model, request, options).await?` |
//! | | `client.measured().embed(model, text, None).await?` |
//! | `rig-core`, any completion model | `model.measured().call(request).await?` |
//! | | `model.measured().stream(request)?` |
//!
//! `.measured().prompt("summary")` sets the label `prompt`, and `.measured().prices(&prices)`
//! records costs. Keep the value that `.measured()` returns to measure many calls.
//!
//! The adapters do not change requests. A server reports the tokens of a streamed chat only if the
//! request asks for them with `stream_options.include_usage`; `genai` needs
//! `ChatOptions::with_capture_usage`. The error type is the HTTP status if
//! there is one, such as `429`; otherwise it is one of a fixed set, whatever the server sends
//! ([`error_type`](crate::llm::error_type)).
//!
//! # OpenTelemetry's conventions
//!
//! The [conventions for generative AI] define their own metrics. A call with a
//! [`GenAi`](crate::llm::GenAi), which names the provider, records those of version v0.1.0 as well:
//!
//! | metrics | kind |
//! |---|---|
//! | `gen_ai.client.inference.duration`, `.time_to_first_chunk`, `.time_per_output_chunk` | histograms |
//! | `gen_ai.client.inference.usage.input_tokens`, `.output_tokens` | counters |
//! | `gen_ai.client.inference.usage.cache_read.input_tokens`, `.cache_write.input_tokens`, `.reasoning.output_tokens` | counters of parts of these tokens |
//! | `gen_ai.client.inference.operation.input_tokens`, `.output_tokens` | histograms |
//! | `gen_ai.client.embeddings.duration`, `.operation.input_tokens` | histograms, of embeddings |
//! | `gen_ai.execute_tool.duration` | histogram, of tools |
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
//! let failed = GenAiMetrics::InferenceDuration { request, error_type: Some("429") };
//! assert_eq!(seen.histogram(failed).count, 1);
//! ```
//!
//! The adapters also take a `GenAi`: `client.chat().measured().gen_ai(GenAi::chat("openai"))`.
//!
//! The conventions give the cached tokens and the tokens of reasoning metrics of their own, because
//! they are parts of the input and of the output: a sum over one metric counts each token once. The
//! metrics whose names begin with `llm_` are this crate's own.
//!
//! Version [v1.41] had other names, which many dashboards query: `gen_ai.client.token.usage`, whose
//! label `gen_ai.token.type` is `input` or `output`, `gen_ai.client.operation.duration`, and the
//! times of chunks. [`GenAi::v1_41`](crate::llm::GenAi::v1_41) records them too. Cached tokens
//! count as `input` there, and tokens of reasoning as `output`.
//!
//! # Embeddings and tools
//!
//! [`LlmCall::embeddings`](crate::llm::LlmCall::embeddings) measures a request for embeddings, which
//! has no output tokens. [`ToolExecution`](crate::llm::ToolExecution) measures a tool that a model
//! asked for:
//!
//! ```
//! use typed_metrics::llm::{GenAi, GenAiMetrics, LlmCall, ToolExecution, Usage};
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     let call = LlmCall::embeddings("text-embedding-3-small");
//!     call.gen_ai(GenAi::embeddings("openai")).finish(Usage::unknown().input(12));
//!
//!     let weather = ToolExecution::start("weather");
//!     // … look the weather up …
//!     weather.finish();
//! });
//! let (tool, tool_type, agent, error_type) = ("weather", None, None, None);
//! let looked_up = GenAiMetrics::ExecuteToolDuration { tool, tool_type, agent, error_type };
//! assert_eq!(seen.histogram(looked_up).count, 1);
//! ```
//!
//! In a clone of the repository, `cargo run -p rag` answers questions about this project, and
//! prints these metrics.
//!
//! [conventions for generative AI]: https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/gen-ai-metrics.md
//! [v1.41]: https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md
