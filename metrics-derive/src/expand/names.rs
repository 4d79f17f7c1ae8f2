//! The names of an expansion's helpers, and the spans of its tokens.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};

/// The names of the items that belong to the metric at `index`.
pub(crate) struct Names {
    pub(crate) definition: Ident,
    pub(crate) descriptor: Ident,
    pub(crate) shape: Ident,
    pub(crate) family: Ident,
    /// The method that finds the series of a variant's value; `#[timed]` calls it too.
    pub(crate) handle: Ident,
}

impl Names {
    pub(crate) fn new(index: usize, variant: &Ident) -> Self {
        let span = at(variant);
        Self {
            definition: format_ident!("__DEFINITION_{index}", span = span),
            descriptor: format_ident!("__DESCRIPTOR_{index}", span = span),
            shape: format_ident!("__SHAPE_{index}", span = span),
            family: format_ident!("__FAMILY_{index}", span = span),
            handle: format_ident!("__typed_{variant}", span = span),
        }
    }
}

/// The name that a pattern binds the label at `index` to.
pub(crate) fn binding(index: usize) -> Ident {
    format_ident!("__l{index}")
}

/// The span of `tokens`, for generated code. The compiler reports errors in that code there. The
/// code still counts as generated, so lints do not apply to it.
pub(crate) fn at(tokens: impl ToTokens) -> Span {
    let first = tokens.into_token_stream().into_iter().next();
    Span::call_site().located_at(first.map_or_else(Span::call_site, |token| token.span()))
}

/// A local variable that the user's code does not see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
