//! Tells that a call lacks a number that its metrics need.

use std::sync::atomic::{AtomicBool, Ordering};

use log::Level;
use typed_metrics_core::report;
use typed_metrics_derive::Label;

/// A number that a call lacks, so that some of its metrics are not recorded. The counter
/// `llm_missing` has this label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum Missing {
    /// The provider reported neither the input tokens nor the output tokens.
    Tokens,
    /// The provider did not report the input tokens.
    InputTokens,
    /// The provider did not report the output tokens.
    OutputTokens,
    /// The [price table](crate::PriceTable) of the call does not have the model.
    Price,
}

/// Whether each of [`Missing`] was reported.
static REPORTED: [AtomicBool; 4] = [const { AtomicBool::new(false) }; 4];

impl Missing {
    /// Logs a warning, in the first call that lacks this number.
    pub(crate) fn warn_once(self, model: &str) {
        // Relaxed: the flag orders nothing else. The load keeps the line of the flag shared.
        let reported = &REPORTED[self as usize];
        if reported.load(Ordering::Relaxed) || reported.swap(true, Ordering::Relaxed) {
            return;
        }
        let (what, fix) = match self {
            Self::Tokens => (
                "the provider reported no numbers of tokens",
                "a server with the protocol of OpenAI reports them in a stream only if the \
                 request sets `stream_options.include_usage`, and only to a reader that reads on \
                 after `finish_reason`; `genai` needs `ChatOptions::with_capture_usage` too",
            ),
            Self::InputTokens => (
                "the provider did not report the input tokens",
                "give their number to `Usage::input`",
            ),
            Self::OutputTokens => (
                "the provider did not report the output tokens",
                "give their number to `Usage::output`",
            ),
            Self::Price => ("the price table does not have the model", "add the model to it"),
        };
        report(
            Level::Warn,
            what,
            format_args!(
                "LLM call of the model `{model}`: {what}, so not all its metrics are recorded; \
                 {fix}. The counter `llm_missing` counts these calls"
            ),
        );
    }
}
