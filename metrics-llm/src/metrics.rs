//! The default metrics.

use typed_metrics_derive::Metrics;

/// The default metrics of LLM calls, recorded by [`LlmCall`](crate::LlmCall).
///
/// The four histograms are those of ragbits, with its names. One means more than its namesake:
/// `token_throughput` is output tokens per second whether the answer was streamed or not, and a call that
/// used no tokens or took no time has none.
///
/// Calls are counted once, whether they ended well or not, and `error.type` tells which: that is how
/// [OpenTelemetry] counts errors, so that a rate of errors is one metric divided by itself.
///
/// [OpenTelemetry]: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(crate = typed_metrics_core)]
#[non_exhaustive]
pub enum LlmMetrics<'a> {
    /// Tokens of the input that was sent to the model.
    #[histogram(unit = "{token}", buckets = exponential(16, 2, 17))]
    InputTokens {
        /// As it was asked for.
        model: &'a str,
        /// What was asked, by a name.
        prompt: Option<&'a str>,
    },

    /// Time to process a prompt and receive the whole answer.
    #[histogram(unit = "s", buckets = exponential(0.01, 2, 16))]
    PromptThroughput {
        /// As it was asked for.
        model: &'a str,
        /// What was asked, by a name.
        prompt: Option<&'a str>,
    },

    /// Output tokens per second, from the request to the end of the answer.
    // The unit as ragbits writes it: its dashboards ask for `token_throughput_tokens_per_second`.
    #[histogram(unit = "tokens/s", buckets = [1, 2.5, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 2500])]
    TokenThroughput {
        /// As it was asked for.
        model: &'a str,
        /// What was asked, by a name.
        prompt: Option<&'a str>,
    },

    /// Time until the first content of a streamed answer.
    #[histogram(unit = "s", buckets = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 25, 50, 100])]
    TimeToFirstToken {
        /// As it was asked for.
        model: &'a str,
        /// What was asked, by a name.
        prompt: Option<&'a str>,
    },

    /// Calls that ended, well or not.
    #[counter(unit = "{call}")]
    LlmCalls {
        /// As it was asked for.
        model: &'a str,
        /// What was asked, by a name.
        prompt: Option<&'a str>,
        /// What went wrong; not there if nothing did. See [`error_type`](crate::error_type).
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },
}
