//! OpenTelemetry's conventions for generative AI.

use std::borrow::Cow;
use std::time::Duration;

use typed_metrics_core::Histogram;
use typed_metrics_core::unit::Seconds;
use typed_metrics_derive::{Label, LabelGroup, Metrics};

use crate::usage::Usage;

/// The attributes of a call that [OpenTelemetry's conventions for generative AI][conventions]
/// require or recommend, except the model. A call with a `GenAi`
/// ([`LlmCall::gen_ai`](crate::LlmCall::gen_ai)) also records the metrics of [`GenAiMetrics`].
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_llm as llm;
/// use llm::{GenAi, GenAiMetrics, GenAiRequest, LlmCall, TokenType, Usage};
///
/// let seen = typed_metrics::testing::capture(|| {
///     let conventions = GenAi::chat("openai").server("api.openai.com", 443);
///     LlmCall::start("gpt-5").gen_ai(conventions).finish(Usage::new(1200, 80));
/// });
/// let request = GenAiRequest {
///     operation_name: "chat",
///     provider_name: "openai",
///     request_model: "gpt-5",
///     server_address: Some("api.openai.com"),
///     server_port: Some(443),
/// };
/// let output = GenAiMetrics::TokenUsage { request, token_type: TokenType::Output };
/// assert_eq!(seen.histogram(output).sum, 80.0);
/// ```
///
/// [conventions]: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
#[derive(Debug, Clone)]
#[must_use]
pub struct GenAi<'a> {
    operation: Cow<'a, str>,
    provider: Cow<'a, str>,
    server: Option<(Cow<'a, str>, u16)>,
}

impl<'a> GenAi<'a> {
    /// An operation and its provider, with their names in the conventions. Operations are, for
    /// example, `text_completion` and `generate_content`; providers `anthropic` and `aws.bedrock`.
    pub fn new(operation: impl Into<Cow<'a, str>>, provider: impl Into<Cow<'a, str>>) -> Self {
        Self { operation: operation.into(), provider: provider.into(), server: None }
    }

    /// The operation `chat`, the most common one.
    pub fn chat(provider: impl Into<Cow<'a, str>>) -> Self {
        Self::new("chat", provider)
    }

    /// The server's name or address, and its port.
    pub fn server(mut self, address: impl Into<Cow<'a, str>>, port: u16) -> Self {
        self.server = Some((address.into(), port));
        self
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
        for (token_type, tokens) in
            [(TokenType::Input, usage.input), (TokenType::Output, usage.output)]
        {
            if let Some(tokens) = tokens {
                GenAiMetrics::token_usage(request, token_type).record(tokens);
            }
        }
        GenAiMetrics::operation_duration(request, error_type).record(duration);
    }

    pub(crate) fn record_first_chunk(&self, model: &str, after: Duration) {
        GenAiMetrics::operation_time_to_first_chunk(self.request(model)).record(after);
    }

    /// The series for the later chunks of a call. The call keeps the series, because chunks are
    /// many.
    pub(crate) fn per_chunk(&self, model: &str) -> Histogram<Seconds> {
        GenAiMetrics::operation_time_per_output_chunk(self.request(model))
    }
}

/// Whether tokens belong to the prompt or to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum TokenType {
    /// Of the prompt.
    Input,
    /// Of the answer.
    Output,
}

/// What a call asks for, and of which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub struct GenAiRequest<'a> {
    /// The operation, such as `chat`.
    #[label(name = "gen_ai.operation.name")]
    pub operation_name: &'a str,
    /// The provider, such as `openai`.
    #[label(name = "gen_ai.provider.name")]
    pub provider_name: &'a str,
    /// The model that the request names.
    #[label(name = "gen_ai.request.model")]
    pub request_model: &'a str,
    /// The server's name or address.
    #[label(name = "server.address")]
    pub server_address: Option<&'a str>,
    /// The server's port.
    #[label(name = "server.port")]
    pub server_port: Option<u16>,
}

/// The metrics that the conventions define for clients, with the buckets of the conventions.
///
/// The metrics have all required attributes. They do not have the recommended
/// `gen_ai.response.model`, because this attribute is known only when the answer arrives.
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "gen_ai.client", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum GenAiMetrics<'a> {
    /// Input and output tokens used.
    #[histogram(name = "token.usage", unit = "{token}", buckets = exponential(1, 4, 14))]
    TokenUsage {
        /// What was called.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// Whether the tokens belong to the prompt or to the answer.
        #[label(name = "gen_ai.token.type")]
        token_type: TokenType,
    },

    /// Duration of an operation.
    #[histogram(name = "operation.duration", unit = "s", buckets = exponential(0.01, 2, 14))]
    OperationDuration {
        /// What was called.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The type of the error; absent if the call succeeded.
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },

    /// Time from the request to the first chunk of a streamed answer.
    #[histogram(
        name = "operation.time_to_first_chunk",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    OperationTimeToFirstChunk(GenAiRequest<'a>),

    /// Time from one chunk of a streamed answer to the next.
    #[histogram(
        name = "operation.time_per_output_chunk",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    OperationTimePerOutputChunk(GenAiRequest<'a>),
}
