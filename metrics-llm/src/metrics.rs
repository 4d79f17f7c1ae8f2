//! The default metrics.

use typed_metrics_derive::Metrics;

use crate::missing::Missing;
use crate::token_kind::TokenKind;

/// The default metrics of LLM calls, recorded by [`LlmCall`](crate::LlmCall).
///
/// The four histograms are those of ragbits, with ragbits' names. One differs from ragbits:
/// `token_throughput` is output tokens per second for streamed and for other answers, and a call
/// without output tokens or without measurable time does not record it.
///
/// `llm_calls` counts every call once, and its label `error.type` tells failed and cancelled calls
/// from successful ones. [OpenTelemetry] counts errors in the same way: one metric is enough to
/// compute an error rate.
///
/// A metric has one unit for ever, but each price table has a currency of its own. So the unit of a
/// cost is the annotation `{currency}`, and the label `currency` names the currency. Do not add up
/// series with different currencies.
///
/// [OpenTelemetry]: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(crate = typed_metrics_core)]
#[non_exhaustive]
pub enum LlmMetrics<'a> {
    /// Tokens of the input that was sent to the model.
    #[histogram(unit = "{token}", buckets = exponential(16, 2, 17))]
    InputTokens {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
    },

    /// Time to process a prompt and receive the whole answer.
    #[histogram(unit = "s", buckets = exponential(0.01, 2, 16))]
    PromptThroughput {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
    },

    /// Output tokens per second, from the request to the end of the answer.
    // The unit is ragbits' unit: its dashboards query `token_throughput_tokens_per_second`.
    #[histogram(
        unit = "tokens/s",
        buckets = [1, 2.5, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 2500]
    )]
    TokenThroughput {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
    },

    /// Time until the first content of a streamed answer.
    #[histogram(
        unit = "s",
        buckets = [
            0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 25, 50, 100
        ]
    )]
    TimeToFirstToken {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
    },

    /// Calls that ended: successful, failed and cancelled calls.
    #[counter(unit = "{call}", positional)]
    LlmCalls {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
        /// The type of the error; absent if the call succeeded. See
        /// [`error_type`](crate::error_type).
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },

    /// Tokens used, by kind. Each token has one kind, so a sum over all kinds is the total.
    #[counter(unit = "{token}", positional)]
    LlmTokens {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
        /// The kind of the tokens.
        kind: TokenKind,
    },

    /// Cost of the tokens used, by kind of token, in the currency of the label.
    #[counter(unit = "{currency}", value = f64, positional)]
    LlmCost {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
        /// The kind of the tokens.
        kind: TokenKind,
        /// The code of the currency in ISO 4217, such as `USD`.
        currency: &'a str,
    },

    /// Cost of a call, in the currency of the label.
    #[histogram(unit = "{currency}", buckets = exponential(0.000_01, 4, 14), positional)]
    LlmCallCost {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
        /// The code of the currency in ISO 4217, such as `USD`.
        currency: &'a str,
    },

    /// Calls with an answer that lack a number, so that not all their metrics are recorded.
    #[counter(unit = "{call}", positional)]
    LlmMissing {
        /// The model that the request names.
        model: &'a str,
        /// The name of the prompt.
        prompt: Option<&'a str>,
        /// The number that is missing.
        missing: Missing,
    },
}
