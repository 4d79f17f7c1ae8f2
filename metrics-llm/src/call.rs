//! One call of a model, from the request to the end of the answer.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::chunk::Chunk;
use crate::conventions::{GenAi, PerChunk};
use crate::error_type;
use crate::metrics::LlmMetrics;
use crate::missing::Missing;
use crate::prices::{PriceTable, amount};
use crate::token_kind::TokenKind;
use crate::usage::Usage;
#[cfg(feature = "rig")]
use crate::whole::Choices;
use crate::whole::Whole;

/// A call of a model in progress: records [`LlmMetrics`] during the call and at its end.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_llm as llm;
/// # use std::io::ErrorKind;
/// # fn send(_: &str) -> Result<(u64, u64), ErrorKind> { Err(ErrorKind::TimedOut) }
/// use llm::{LlmCall, LlmMetrics, Usage, error_type};
///
/// let seen = typed_metrics::testing::capture(|| {
///     let call = LlmCall::start("gpt-5");
///     match send("Why is the sky blue?") {
///         Ok((input, output)) => call.finish(Usage::new(input, output)),
///         Err(_) => call.fail(error_type::TIMEOUT),
///     }
/// });
/// let failed = LlmMetrics::LlmCalls { model: "gpt-5", prompt: None, error_type: Some("timeout") };
/// assert_eq!(seen.counter(failed), 1);
/// ```
///
/// A call that is dropped before its end counts as [cancelled](error_type::CANCELLED).
///
/// A call borrows or owns its labels: neither `start("gpt-5")` nor `start(model)` with a `String`
/// allocates.
#[must_use = "keep it until the call ends: a call that is dropped counts as cancelled"]
#[derive(Debug)]
pub struct LlmCall<'a> {
    model: Cow<'a, str>,
    prompt: Option<Cow<'a, str>>,
    gen_ai: Option<GenAi<'a>>,
    prices: Option<PriceTable>,
    is_embeddings: bool,
    start: Instant,
    usage: Usage,
    first_token_came: bool,
    last_chunk: Option<Instant>,
    per_chunk: Option<PerChunk>,
    whole: Whole,
    is_open: bool,
}

impl<'a> LlmCall<'a> {
    /// Starts the measurement: the program sends the request to `model` now.
    pub fn start(model: impl Into<Cow<'a, str>>) -> Self {
        Self {
            model: model.into(),
            prompt: None,
            gen_ai: None,
            prices: None,
            is_embeddings: false,
            start: Instant::now(),
            usage: Usage::unknown(),
            first_token_came: false,
            last_chunk: None,
            per_chunk: None,
            whole: Whole::of(1),
            is_open: true,
        }
    }

    /// Starts the measurement of a request for embeddings: the answer has no output tokens.
    pub fn embeddings(model: impl Into<Cow<'a, str>>) -> Self {
        let mut call = Self::start(model);
        call.is_embeddings = true;
        call
    }

    /// Sets the label `prompt` to a name of the prompt. Do not pass the text of the prompt: each
    /// different value makes a new series.
    pub fn prompt(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.prompt = Some(name.into());
        self
    }

    /// Records OpenTelemetry's metrics for generative AI too.
    pub fn gen_ai(mut self, mut conventions: GenAi<'a>) -> Self {
        if self.is_embeddings {
            conventions.set_embeddings();
        }
        self.is_embeddings = conventions.is_embeddings();
        self.gen_ai = Some(conventions);
        self
    }

    /// Records the cost of the call too: see [`PriceTable`].
    pub fn prices(mut self, prices: &PriceTable) -> Self {
        self.prices = Some(prices.clone());
        self
    }

    /// The first content of a streamed answer arrived: text, reasoning or a tool call. Only the
    /// first call of this method has an effect.
    pub fn first_token(&mut self) {
        let now = Instant::now();
        if self.last_chunk.is_none() {
            self.chunk_at(now);
        }
        self.first_token_at(now);
    }

    /// A chunk of a streamed answer arrived, with or without content. The metrics of [`GenAi`]
    /// measure chunks.
    pub fn chunk(&mut self) {
        self.chunk_at(Instant::now());
    }

    /// Sets the numbers of tokens so far, if the provider reports them before the end.
    pub fn used(&mut self, usage: impl Into<Usage>) {
        self.usage = self.usage.then(usage.into());
    }

    /// The whole answer arrived, and the call used these numbers of tokens.
    pub fn finish(mut self, usage: impl Into<Usage>) {
        self.used(usage);
        self.end(None);
    }

    /// The call failed. Use a small, fixed set of error types: see [`error_type`].
    pub fn fail(mut self, error_type: impl AsRef<str>) {
        // Back ends read an empty error type as no error type, and so as a success.
        let error_type = Some(error_type.as_ref()).filter(|text| !text.is_empty());
        self.end(error_type.or(Some(error_type::OTHER)));
    }

    /// The request asks for `wanted` choices; the answer is complete when each choice has ended.
    #[cfg(feature = "async-openai")]
    pub(crate) fn choices(mut self, wanted: u8) -> Self {
        self.whole = Whole::of(wanted);
        self
    }

    /// Records nothing: the response is neither an answer nor an error.
    #[cfg(feature = "async-openai")]
    pub(crate) fn discard(mut self) {
        self.is_open = false;
    }

    /// Starts the measurement again: the request is sent only now.
    pub(crate) fn restart(&mut self) {
        self.start = Instant::now();
    }

    /// The answer is complete, and its last item arrived at `at`.
    #[cfg(feature = "rig")]
    pub(crate) fn whole_at(&mut self, at: Instant) {
        self.whole.took(Choices::ALL, at - self.start);
    }

    /// An item of a stream arrived.
    pub(crate) fn took(&mut self, chunk: &Chunk) {
        let now = Instant::now();
        self.chunk_at(now);
        if chunk.has_content {
            self.first_token_at(now);
        }
        self.whole.took(chunk.ended, now - self.start);
        self.used(chunk.usage);
    }

    /// Whether the answer is known to be complete.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole.after().is_some()
    }

    /// Whether the answer is complete, but a later item may report the tokens.
    pub(crate) fn lacks_usage(&self) -> bool {
        self.is_whole() && (self.usage.input.is_none() || self.usage.output.is_none())
    }

    fn first_token_at(&mut self, now: Instant) {
        if !self.first_token_came {
            self.first_token_came = true;
            let histogram = LlmMetrics::time_to_first_token(&self.model, self.prompt.as_deref());
            histogram.record(now - self.start);
        }
    }

    fn chunk_at(&mut self, now: Instant) {
        let last = self.last_chunk.replace(now);
        let Some(gen_ai) = &self.gen_ai else { return };
        match last {
            None => gen_ai.record_first_chunk(&self.model, now - self.start),
            Some(last) => {
                let series = self.per_chunk.get_or_insert_with(|| gen_ai.per_chunk(&self.model));
                series.record(now - last);
            }
        }
    }

    fn end(&mut self, error_type: Option<&str>) {
        self.is_open = false;
        let whole = self.whole.after().filter(|_| error_type.is_none());
        let after = whole.unwrap_or_else(|| self.start.elapsed());
        let (model, prompt) = (&*self.model, self.prompt.as_deref());
        if let Some(tokens) = self.usage.input {
            LlmMetrics::input_tokens(model, prompt).record(tokens);
        }
        if error_type.is_none() {
            LlmMetrics::prompt_throughput(model, prompt).record(after);
            if let Some(throughput) = self.usage.output.and_then(|n| rate(n, after)) {
                LlmMetrics::token_throughput(model, prompt).record(throughput);
            }
        }
        for (kind, tokens) in self.usage.by_kind() {
            // A part that is zero is a kind that the call does not have.
            if tokens > 0 || matches!(kind, TokenKind::Input | TokenKind::Output) {
                LlmMetrics::llm_tokens(model, prompt, kind).add(tokens);
            }
        }
        LlmMetrics::llm_calls(model, prompt, error_type).inc();
        // Nothing is expected of a call that failed before an answer began.
        let is_answered = error_type.is_none() || self.first_token_came;
        for missing in [self.missing_tokens(), self.record_cost()].into_iter().flatten() {
            if is_answered {
                LlmMetrics::llm_missing(model, prompt, missing).inc();
                missing.warn_once(model);
            }
        }
        if let Some(gen_ai) = &self.gen_ai {
            gen_ai.record_end(model, after, self.usage, error_type);
        }
    }
}

impl LlmCall<'_> {
    fn missing_tokens(&self) -> Option<Missing> {
        match (self.usage.input, self.usage.output) {
            (None, _) if self.is_embeddings => Some(Missing::InputTokens),
            (None, None) => Some(Missing::Tokens),
            (None, Some(_)) => Some(Missing::InputTokens),
            (Some(_), None) if !self.is_embeddings => Some(Missing::OutputTokens),
            (Some(_), _) => None,
        }
    }

    /// Records the cost of the tokens that are known.
    fn record_cost(&self) -> Option<Missing> {
        let prices = self.prices.as_ref()?;
        let (model, prompt, currency) = (&*self.model, self.prompt.as_deref(), prices.currency());
        let Some(costs) = prices.costs(model, self.usage) else { return Some(Missing::Price) };
        let mut whole = 0;
        for (kind, cost) in costs {
            whole += cost;
            if cost > 0 {
                LlmMetrics::llm_cost(model, prompt, kind, currency).add(amount(cost));
            }
        }
        if !self.usage.is_unknown() {
            LlmMetrics::llm_call_cost(model, prompt, currency).record(amount(whole));
        }
        None
    }
}

impl Drop for LlmCall<'_> {
    fn drop(&mut self) {
        if self.is_open {
            // Many programs stop reading at the item that marks the answer as complete. Such a call
            // is not cancelled.
            self.end((!self.is_whole()).then_some(error_type::CANCELLED));
        }
    }
}

/// Tokens per second; `None` if there are no tokens or no time passed.
fn rate(tokens: u64, time: Duration) -> Option<f64> {
    (tokens > 0 && !time.is_zero()).then(|| tokens as f64 / time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_and_no_tokens_are_no_throughput() {
        assert_eq!(rate(10, Duration::from_millis(500)), Some(20.0));
        assert_eq!(rate(10, Duration::ZERO), None);
        assert_eq!(rate(0, Duration::from_millis(500)), None);
        assert_eq!(rate(0, Duration::ZERO), None);
    }
}
