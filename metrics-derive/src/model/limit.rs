//! Series limits.

use proc_macro2::TokenStream;
use syn::LitInt;

use crate::diagnostics::Diagnostics;
use crate::parse::{Constant, Slot};

/// The largest number of series of a metric.
#[derive(Clone)]
pub(crate) enum Limit {
    Number(usize),
    /// An expression, which the compiler checks.
    Constant(TokenStream),
}

/// The limit that is written, else `default`. `None` if the limit is wrong.
pub(crate) fn series_limit(
    cx: &Diagnostics,
    slot: &Slot<Constant<LitInt>>,
    default: &Limit,
) -> Option<Limit> {
    match slot.read().ok()? {
        Some(Constant::Literal(literal)) => whole(cx, literal).map(Limit::Number),
        Some(Constant::Expression(expression)) => Some(Limit::Constant(expression.clone())),
        None => Some(default.clone()),
    }
}

fn whole(cx: &Diagnostics, literal: &LitInt) -> Option<usize> {
    match literal.base10_parse::<usize>() {
        Ok(0) => {
            cx.error(
                literal,
                "with a series limit of 0 every measurement would go to the overflow series; \
                 give at least 1",
            );
            None
        }
        Ok(limit) => Some(limit),
        Err(_) => {
            cx.error(
                literal,
                format_args!("a series limit is a whole number from 1 to {}", usize::MAX),
            );
            None
        }
    }
}
