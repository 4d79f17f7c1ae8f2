//! A client whose calls are measured.

use std::borrow::Cow;

use crate::call::LlmCall;
use crate::conventions::GenAi;

/// Gives clients `.measured()`: the same calls by the same names, and each is recorded.
pub trait Measure: Sized {
    /// What makes the calls.
    type Client;

    /// From now on records every call.
    fn measured(self) -> Measured<Self::Client>;
}

/// A client whose calls are recorded; from [`Measure::measured`].
#[derive(Debug, Clone)]
#[must_use = "make the calls with it"]
pub struct Measured<C> {
    pub(crate) client: C,
    prompt: Option<Cow<'static, str>>,
    gen_ai: Option<GenAi<'static>>,
}

impl<C> Measured<C> {
    pub(crate) fn new(client: C) -> Self {
        Self { client, prompt: None, gen_ai: None }
    }

    /// With the label `prompt`: see [`LlmCall::prompt`].
    pub fn prompt(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.prompt = Some(name.into());
        self
    }

    /// Records OpenTelemetry's metrics for generative AI too: see [`LlmCall::gen_ai`].
    pub fn gen_ai(mut self, conventions: GenAi<'static>) -> Self {
        self.gen_ai = Some(conventions);
        self
    }

    /// A call of `model` begins.
    pub(crate) fn start(&self, model: String) -> LlmCall<'static> {
        let mut call = LlmCall::start(model);
        if let Some(prompt) = &self.prompt {
            call = call.prompt(prompt.clone());
        }
        if let Some(gen_ai) = &self.gen_ai {
            call = call.gen_ai(gen_ai.clone());
        }
        call
    }
}
