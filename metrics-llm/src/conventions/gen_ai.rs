//! Records the metrics of the conventions.

use std::borrow::Cow;
use std::time::Duration;

use typed_metrics_core::Histogram;
use typed_metrics_core::unit::Seconds;

use super::metrics::GenAiMetrics;
use super::request::{GenAiRequest, TokenModality};
use super::v1_41::{GenAiMetricsV1_41, TokenType};
use crate::usage::Usage;

/// The operation of a request for embeddings, which has metrics of its own.
const EMBEDDINGS: &str = "embeddings";

/// The attributes of a call that [OpenTelemetry's conventions for generative AI][conventions]
/// require or recommend, except the model. A call with a `GenAi`
/// ([`LlmCall::gen_ai`](crate::LlmCall::gen_ai)) also records the metrics of [`GenAiMetrics`].
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_llm as llm;
/// use llm::{GenAi, GenAiMetrics, GenAiRequest, LlmCall, TokenModality, Usage};
///
/// let seen = typed_metrics::testing::capture(|| {
///     let conventions = GenAi::chat("openai").server("api.openai.com", 443);
///     let usage = Usage::new(1200, 80).cache_read(1000);
///     LlmCall::start("gpt-5").gen_ai(conventions).finish(usage);
/// });
/// let request = GenAiRequest {
///     operation_name: "chat",
///     provider_name: "openai",
///     request_model: "gpt-5",
///     server_address: Some("api.openai.com"),
///     server_port: Some(443),
/// };
/// let modality = TokenModality::Unknown;
/// assert_eq!(seen.counter(GenAiMetrics::InputTokens { request, modality }), 1200);
/// assert_eq!(seen.counter(GenAiMetrics::CacheReadInputTokens { request, modality }), 1000);
/// ```
///
/// [conventions]: https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/gen-ai-metrics.md
#[derive(Debug, Clone)]
#[must_use]
pub struct GenAi<'a> {
    operation: Cow<'a, str>,
    provider: Cow<'a, str>,
    server: Option<(Cow<'a, str>, u16)>,
    also_v1_41: bool,
}

impl<'a> GenAi<'a> {
    /// An operation and its provider, with their names in the conventions. Operations are, for
    /// example, `text_completion` and `generate_content`; providers `anthropic` and `aws.bedrock`.
    pub fn new(operation: impl Into<Cow<'a, str>>, provider: impl Into<Cow<'a, str>>) -> Self {
        let (operation, provider) = (operation.into(), provider.into());
        Self { operation, provider, server: None, also_v1_41: false }
    }

    /// The operation `chat`, the most common one.
    pub fn chat(provider: impl Into<Cow<'a, str>>) -> Self {
        Self::new("chat", provider)
    }

    /// The operation `embeddings`: the call records the metrics of embeddings, and not those of an
    /// inference.
    pub fn embeddings(provider: impl Into<Cow<'a, str>>) -> Self {
        Self::new(EMBEDDINGS, provider)
    }

    /// The server's name or address, and its port.
    pub fn server(mut self, address: impl Into<Cow<'a, str>>, port: u16) -> Self {
        self.server = Some((address.into(), port));
        self
    }

    /// Also records the metrics of the conventions before: see [`GenAiMetricsV1_41`]. Dashboards
    /// that query `gen_ai.client.token.usage` need them.
    pub fn v1_41(mut self) -> Self {
        self.also_v1_41 = true;
        self
    }

    /// Whether the call asks for embeddings.
    pub(crate) fn is_embeddings(&self) -> bool {
        self.operation == EMBEDDINGS
    }

    /// The call asks for embeddings, whatever the operation was.
    pub(crate) fn set_embeddings(&mut self) {
        self.operation = Cow::Borrowed(EMBEDDINGS);
    }

    /// The labels of a call with this model.
    fn request<'r>(&'r self, model: &'r str) -> GenAiRequest<'r> {
        GenAiRequest {
            operation_name: &self.operation,
            provider_name: &self.provider,
            request_model: model,
            server_address: self.server.as_ref().map(|(address, _)| &**address),
            server_port: self.server.as_ref().map(|(_, port)| *port),
        }
    }

    pub(crate) fn record_end(
        &self,
        model: &str,
        duration: Duration,
        usage: Usage,
        error_type: Option<&str>,
    ) {
        let request = self.request(model);
        let is_success = error_type.is_none();
        if self.is_embeddings() {
            GenAiMetrics::embeddings_duration(request, error_type).record(duration);
            if let Some(tokens) = usage.input.filter(|_| is_success) {
                GenAiMetrics::embeddings_input_tokens(request).record(tokens);
            }
        } else {
            GenAiMetrics::inference_duration(request, error_type).record(duration);
            count(request, usage);
            if is_success {
                if let Some(tokens) = usage.input {
                    GenAiMetrics::operation_input_tokens(request).record(tokens);
                }
                if let Some(tokens) = usage.output {
                    GenAiMetrics::operation_output_tokens(request).record(tokens);
                }
            }
        }
        if self.also_v1_41 {
            for (token_type, tokens) in
                [(TokenType::Input, usage.input), (TokenType::Output, usage.output)]
            {
                if let Some(tokens) = tokens {
                    GenAiMetricsV1_41::token_usage(request, token_type).record(tokens);
                }
            }
            GenAiMetricsV1_41::operation_duration(request, error_type).record(duration);
        }
    }

    pub(crate) fn record_first_chunk(&self, model: &str, after: Duration) {
        let request = self.request(model);
        GenAiMetrics::time_to_first_chunk(request).record(after);
        if self.also_v1_41 {
            GenAiMetricsV1_41::operation_time_to_first_chunk(request).record(after);
        }
    }

    /// The series for the later chunks of a call. The call keeps the series, because chunks are
    /// many.
    pub(crate) fn per_chunk(&self, model: &str) -> PerChunk {
        let request = self.request(model);
        PerChunk {
            newest: GenAiMetrics::time_per_output_chunk(request),
            v1_41: self
                .also_v1_41
                .then(|| GenAiMetricsV1_41::operation_time_per_output_chunk(request)),
        }
    }
}

/// The series for the later chunks of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PerChunk {
    newest: Histogram<Seconds>,
    v1_41: Option<Histogram<Seconds>>,
}

impl PerChunk {
    pub(crate) fn record(self, time: Duration) {
        self.newest.record(time);
        if let Some(v1_41) = self.v1_41 {
            v1_41.record(time);
        }
    }
}

/// Counts the tokens. The conventions ask for a zero where no number is known, also of a call that
/// failed, so that every counter has a series for each model that was called.
fn count(request: GenAiRequest<'_>, usage: Usage) {
    let modality = TokenModality::Unknown;
    let known = |tokens: Option<u64>| tokens.unwrap_or(0);
    GenAiMetrics::input_tokens(request, modality).add(known(usage.input));
    GenAiMetrics::output_tokens(request, modality).add(known(usage.output));
    GenAiMetrics::cache_read_input_tokens(request, modality).add(known(usage.cache_read));
    GenAiMetrics::cache_write_input_tokens(request, modality).add(known(usage.cache_write));
    GenAiMetrics::reasoning_output_tokens(request, modality).add(known(usage.reasoning));
}
