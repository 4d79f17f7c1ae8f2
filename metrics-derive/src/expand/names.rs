//! The names of an expansion's helpers, and the spans of its tokens.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};

/// The names of the items that belong to the metric at `index`.
pub(crate) struct Names {
    /// The place of the family in `__FAMILIES`.
    pub(crate) family: usize,
    /// The labels, and the function that resolves them. Metrics with equal labels share both.
    pub(crate) labels: Ident,
    pub(crate) resolve_labels: Ident,
    pub(crate) find: Ident,
}

impl Names {
    pub(crate) fn new(index: usize, labels: usize) -> Self {
        Self {
            family: index,
            labels: format_ident!("__LABELS_{labels}"),
            resolve_labels: format_ident!("__resolve_labels_{labels}"),
            find: format_ident!("__find_{labels}"),
        }
    }
}

/// The name that a pattern binds the label at `index` to.
pub(crate) fn binding(index: usize) -> Ident {
    format_ident!("__l{index}")
}

/// Like [`at`], for one identifier: every list of tokens costs a call of the compiler.
pub(crate) fn at_ident(ident: &Ident) -> Span {
    Span::call_site().located_at(ident.span())
}

/// The span of `tokens`, for generated code. The compiler reports errors in that code there. The
/// code still counts as generated, so lints do not apply to it.
pub(crate) fn at(tokens: impl ToTokens) -> Span {
    let first = tokens.into_token_stream().into_iter().next();
    Span::call_site().located_at(first.map_or_else(Span::call_site, |token| token.span()))
}

/// Like [`at`], for the end of generated code. The compiler reports an error in an expression from
/// the first token of the expression to the last one.
pub(crate) fn at_end(tokens: impl ToTokens) -> Span {
    let last = tokens.into_token_stream().into_iter().last();
    Span::call_site().located_at(last.map_or_else(Span::call_site, |token| token.span()))
}

/// A local variable that the user's code does not see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
