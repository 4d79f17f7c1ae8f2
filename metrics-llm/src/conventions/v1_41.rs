//! The metrics of the conventions before the newest.

use typed_metrics_derive::{Label, Metrics};

use super::request::GenAiRequest;

/// Whether tokens belong to the prompt or to the answer. These are the two values that the
/// conventions define. Cached tokens are of the input, and tokens of reasoning of the output, so a
/// sum over the types counts each token once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum TokenType {
    /// Of the prompt.
    Input,
    /// Of the answer.
    Output,
}

/// The metrics that version [v1.41] of OpenTelemetry's conventions defines for clients, with the
/// buckets of the conventions. [`GenAi::v1_41`](crate::GenAi::v1_41) turns them on.
///
/// The conventions after v1.41 are a project of their own, whose version v0.1.0 gives the metrics
/// new names: see [`GenAiMetrics`](crate::GenAiMetrics). Many dashboards still query these.
///
/// [v1.41]: https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "gen_ai.client", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum GenAiMetricsV1_41<'a> {
    /// Input and output tokens used.
    #[histogram(name = "token.usage", unit = "{token}", buckets = exponential(1, 4, 14))]
    TokenUsage {
        /// The call.
        #[label(group)]
        request: GenAiRequest<'a>,
        /// Whether the tokens belong to the prompt or to the answer.
        #[label(name = "gen_ai.token.type")]
        token_type: TokenType,
    },

    /// Duration of an operation.
    #[histogram(name = "operation.duration", unit = "s", buckets = exponential(0.01, 2, 14))]
    OperationDuration {
        /// The call.
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
