//! Clients with measured calls.

use std::borrow::Cow;

use crate::call::LlmCall;
use crate::conventions::GenAi;
use crate::prices::PriceTable;

/// Adds `.measured()` to a client. The measured client has the same calls with the same names, and
/// records each call.
pub trait Measure: Sized {
    /// The type that makes the calls.
    type Client;

    /// Returns a client that records every call.
    fn measured(self) -> Measured<Self::Client>;
}

/// A client that records its calls, returned by [`Measure::measured`].
#[derive(Debug, Clone)]
#[must_use = "only calls through the measured client are recorded"]
pub struct Measured<C> {
    pub(crate) client: C,
    prompt: Option<Cow<'static, str>>,
    gen_ai: Option<GenAi<'static>>,
    prices: Option<PriceTable>,
}

impl<C> Measured<C> {
    pub(crate) fn new(client: C) -> Self {
        Self { client, prompt: None, gen_ai: None, prices: None }
    }

    /// Sets the label `prompt`: see [`LlmCall::prompt`].
    pub fn prompt(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.prompt = Some(name.into());
        self
    }

    /// Records OpenTelemetry's metrics for generative AI too: see [`LlmCall::gen_ai`].
    pub fn gen_ai(mut self, conventions: GenAi<'static>) -> Self {
        self.gen_ai = Some(conventions);
        self
    }

    /// Records the cost of the calls too: see [`LlmCall::prices`].
    pub fn prices(mut self, prices: &PriceTable) -> Self {
        self.prices = Some(prices.clone());
        self
    }

    /// Starts the measurement of a call of `model`.
    pub(crate) fn start(&self, model: String) -> LlmCall<'static> {
        self.with_settings(LlmCall::start(model))
    }

    /// Starts the measurement of a request for embeddings.
    #[cfg(any(feature = "async-openai", feature = "genai"))]
    pub(crate) fn start_embeddings(&self, model: String) -> LlmCall<'static> {
        self.with_settings(LlmCall::embeddings(model))
    }

    fn with_settings(&self, mut call: LlmCall<'static>) -> LlmCall<'static> {
        if let Some(prompt) = &self.prompt {
            call = call.prompt(prompt.clone());
        }
        if let Some(gen_ai) = &self.gen_ai {
            call = call.gen_ai(gen_ai.clone());
        }
        if let Some(prices) = &self.prices {
            call = call.prices(prices);
        }
        call
    }
}
