//! Series limits.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::parse::{Constant, Slot, WholeNumber};

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
    slot: &Slot<Constant<WholeNumber>>,
    default: &Limit,
) -> Option<Limit> {
    match slot.read().ok()? {
        Some(Constant::Literal(literal)) => whole(cx, literal).map(Limit::Number),
        Some(Constant::Expression(expression)) => Some(Limit::Constant(expression.clone())),
        None => Some(default.clone()),
    }
}

fn whole(cx: &Diagnostics, number: &WholeNumber) -> Option<usize> {
    match number.literal.base10_parse::<usize>() {
        Ok(0) => {
            cx.error(
                number,
                "with a series limit of 0 every measurement would go to the overflow series; \
                 give at least 1",
            );
            None
        }
        Ok(limit) => Some(limit),
        Err(_) => {
            let digits = number.literal.base10_digits();
            let fix = if digits.starts_with('-') {
                "give at least 1".to_owned()
            } else {
                format!("give at most {}", usize::MAX)
            };
            cx.error(number, format_args!("the series limit is {digits}; {fix}"));
            None
        }
    }
}
