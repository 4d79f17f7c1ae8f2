//! Kinds of tokens.

use typed_metrics_derive::Label;

/// The kinds of tokens that `llm_tokens` and `llm_cost` tell apart. Each token has exactly one
/// kind, so a sum over all kinds counts every token once.
///
/// The names are this crate's own. OpenTelemetry's conventions have no such partition: their
/// metrics of cached and of reasoning tokens count parts of the input and of the output again. See
/// [`GenAiMetrics`](crate::GenAiMetrics).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum TokenKind {
    /// Of the input, neither read from a cache nor written to one.
    Input,
    /// Of the input, read from a cache of the provider.
    CacheRead,
    /// Of the input, written to a cache of the provider.
    CacheWrite,
    /// Of the output, without reasoning.
    Output,
    /// Of the output, spent on reasoning.
    Reasoning,
}
