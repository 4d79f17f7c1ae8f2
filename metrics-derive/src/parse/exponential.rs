//! `zero_threshold = 1e-6` and `zero_threshold = NOISE`.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::parse::buckets::literal;
use crate::parse::entry::{Entry, ungrouped};
use crate::parse::value::{Constant, assigned, is_expression, refuse};

const TAKES: &str = "a number";
const EXAMPLE: &str = "zero_threshold = 1e-6";

/// A threshold that is written as a number.
pub(crate) struct Threshold {
    pub(crate) tokens: TokenStream,
    pub(crate) value: f64,
}

pub(crate) fn threshold(cx: &Diagnostics, entry: &Entry) -> Option<Constant<Threshold>> {
    let tokens = ungrouped(assigned(cx, entry, TAKES, EXAMPLE)?);
    match literal(&tokens) {
        Some(value) => Some(Constant::Literal(Threshold { tokens, value })),
        None if is_expression(&tokens) => Some(Constant::Expression(tokens)),
        None => refuse(cx, entry, tokens, TAKES, EXAMPLE),
    }
}
