//! The metrics of the newest conventions.

use typed_metrics_derive::{Label, Metrics};

use super::request::{GenAiRequest, TokenModality};

/// The metrics that OpenTelemetry's conventions for generative AI define for clients in version
/// [v0.1.0], with the buckets of the conventions.
///
/// The metrics have all required attributes. They do not have the recommended
/// `gen_ai.response.model`, because this attribute is known only when the answer arrives.
///
/// # Sums count each token once
///
/// The metrics `usage.input_tokens` and `usage.output_tokens` count all tokens. The metrics of
/// `cache_read`, `cache_write` and `reasoning` count parts of these tokens again, so the
/// conventions give each part a metric of its own, and not a value of a label. A sum over all
/// series of a metric is right; a sum over several of these metrics is not, except that of the
/// input and the output. For a partition, whose sum over all kinds is right, see
/// [`TokenKind`](crate::TokenKind).
///
/// A number of tokens that the provider did not report counts as zero, as the conventions
/// recommend, so that each counter has a series for each model that was called.
/// [`llm_missing`](crate::LlmMetrics::LlmMissing) counts the answers without a number.
///
/// The clients do not report the modality of every token, so the calls of this crate record
/// [`TokenModality::Unknown`], as the conventions ask for in this case.
///
/// [v0.1.0]: https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/client-inference.md
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "gen_ai", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum GenAiMetrics<'a> {
    /// Duration of an inference.
    #[histogram(
        name = "client.inference.duration",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    InferenceDuration {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The type of the error; absent if the call succeeded.
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },

    /// Time from the request to the first chunk of a streamed answer.
    #[histogram(
        name = "client.inference.time_to_first_chunk",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    TimeToFirstChunk(GenAiRequest<'a>),

    /// Time from one chunk of a streamed answer to the next.
    #[histogram(
        name = "client.inference.time_per_output_chunk",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    TimePerOutputChunk(GenAiRequest<'a>),

    /// Input tokens used, cached tokens included.
    #[counter(name = "client.inference.usage.input_tokens", unit = "{token}")]
    InputTokens {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The modality of the tokens.
        #[label(name = "gen_ai.token.modality")]
        modality: TokenModality,
    },

    /// Output tokens used, tokens of reasoning included.
    #[counter(name = "client.inference.usage.output_tokens", unit = "{token}")]
    OutputTokens {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The modality of the tokens.
        #[label(name = "gen_ai.token.modality")]
        modality: TokenModality,
    },

    /// Input tokens read from a cache of the provider. They are input tokens too.
    #[counter(name = "client.inference.usage.cache_read.input_tokens", unit = "{token}")]
    CacheReadInputTokens {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The modality of the tokens.
        #[label(name = "gen_ai.token.modality")]
        modality: TokenModality,
    },

    /// Input tokens written to a cache of the provider. They are input tokens too.
    #[counter(name = "client.inference.usage.cache_write.input_tokens", unit = "{token}")]
    CacheWriteInputTokens {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The modality of the tokens.
        #[label(name = "gen_ai.token.modality")]
        modality: TokenModality,
    },

    /// Output tokens spent on reasoning. They are output tokens too.
    #[counter(name = "client.inference.usage.reasoning.output_tokens", unit = "{token}")]
    ReasoningOutputTokens {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The modality of the tokens.
        #[label(name = "gen_ai.token.modality")]
        modality: TokenModality,
    },

    /// Input tokens of an inference that succeeded.
    #[histogram(
        name = "client.inference.operation.input_tokens",
        unit = "{token}",
        buckets = exponential(1, 4, 14)
    )]
    OperationInputTokens(GenAiRequest<'a>),

    /// Output tokens of an inference that succeeded.
    #[histogram(
        name = "client.inference.operation.output_tokens",
        unit = "{token}",
        buckets = exponential(1, 4, 14)
    )]
    OperationOutputTokens(GenAiRequest<'a>),

    /// Duration of a request for embeddings.
    #[histogram(
        name = "client.embeddings.duration",
        unit = "s",
        buckets = exponential(0.01, 2, 14)
    )]
    EmbeddingsDuration {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// The type of the error; absent if the call succeeded.
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },

    /// Input tokens of a request for embeddings that succeeded.
    #[histogram(
        name = "client.embeddings.operation.input_tokens",
        unit = "{token}",
        buckets = exponential(1, 4, 14)
    )]
    EmbeddingsInputTokens(GenAiRequest<'a>),

    /// Duration of an execution of a tool.
    #[histogram(
        name = "execute_tool.duration",
        unit = "s",
        buckets = exponential(0.01, 2, 14),
        positional
    )]
    ExecuteToolDuration {
        /// The name of the tool.
        #[label(name = "gen_ai.tool.name")]
        tool: &'a str,
        /// The type of the tool.
        #[label(name = "gen_ai.tool.type")]
        tool_type: Option<ToolType>,
        /// The name of the agent that executes the tool.
        #[label(name = "gen_ai.agent.name")]
        agent: Option<&'a str>,
        /// The type of the error; absent if the execution succeeded.
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },
}

/// The types of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum ToolType {
    /// The program runs a function with the arguments that the model wrote.
    Function,
    /// The agent's side calls an API.
    Extension,
    /// The agent queries data.
    Datastore,
}
