//! Series limits.

use syn::LitInt;

use crate::diagnostics::Diagnostics;
use crate::parse::Slot;

/// The limit that is written, else `default`. `None` if the limit is wrong.
pub(crate) fn series_limit(cx: &Diagnostics, slot: &Slot<LitInt>, default: usize) -> Option<usize> {
    match slot.read().ok()? {
        Some(literal) => whole(cx, literal),
        None => Some(default),
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
