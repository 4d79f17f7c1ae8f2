//! The settings of exponential histograms.

use proc_macro2::TokenStream;
use typed_metrics_core::exponential::{SIZE_RULE, check_max_size, check_zero_threshold};

use crate::diagnostics::Diagnostics;
use crate::parse::{Constant, KindDeclaration, Unreadable};

/// The settings of an exponential histogram. `None` stands for the default.
#[derive(Clone)]
pub(crate) struct ValidatedExponential {
    pub(crate) max_size: Option<Checked<u16>>,
    pub(crate) zero_threshold: Option<Checked<f64>>,
}

/// A checked value, or an expression, which the compiler checks.
#[derive(Clone)]
pub(crate) enum Checked<T> {
    Value(T),
    Expression(TokenStream),
}

impl ValidatedExponential {
    /// The settings of a histogram with `exponential`. `None` if they are wrong.
    pub(crate) fn check(cx: &Diagnostics, declared: &KindDeclaration) -> Option<Self> {
        // All are checked before the function returns, so that every mistake is reported.
        let max_size = max_size(cx, declared);
        let zero_threshold = zero_threshold(cx, declared);
        declared.exponential.read().ok()?;
        if let Some(key) = declared.buckets.key() {
            cx.error(
                key,
                "an exponential histogram makes its buckets itself; leave `buckets` or \
                 `exponential` out",
            );
            return None;
        }
        Some(Self { max_size: max_size.ok()?, zero_threshold: zero_threshold.ok()? })
    }

    /// Reports settings of a histogram without `exponential`.
    pub(crate) fn refuse(cx: &Diagnostics, declared: &KindDeclaration) -> Option<()> {
        let keys = [declared.max_size.key(), declared.zero_threshold.key()];
        for key in keys.into_iter().flatten() {
            cx.error(
                key,
                format_args!(
                    "`{key}` is a setting of exponential histograms; write `exponential, {key} = …`"
                ),
            );
        }
        keys.iter().all(Option::is_none).then_some(())
    }
}

fn max_size(
    cx: &Diagnostics,
    declared: &KindDeclaration,
) -> Result<Option<Checked<u16>>, Unreadable> {
    let Some(size) = declared.max_size.read()? else { return Ok(None) };
    let number = match size {
        Constant::Expression(tokens) => return Ok(Some(Checked::Expression(tokens.clone()))),
        Constant::Literal(number) => number,
    };
    let Ok(size) = number.literal.base10_parse() else {
        // No `u64` holds the number, so the message names the digits.
        let digits = number.literal.base10_digits();
        cx.error(number, format_args!("`max_size` is {digits}; {SIZE_RULE}"));
        return Err(Unreadable);
    };
    check_max_size(size).map_err(|error| {
        cx.error(number, error);
        Unreadable
    })?;
    // The check leaves no larger number.
    Ok(u16::try_from(size).ok().map(Checked::Value))
}

fn zero_threshold(
    cx: &Diagnostics,
    declared: &KindDeclaration,
) -> Result<Option<Checked<f64>>, Unreadable> {
    let Some(threshold) = declared.zero_threshold.read()? else { return Ok(None) };
    let threshold = match threshold {
        Constant::Expression(tokens) => return Ok(Some(Checked::Expression(tokens.clone()))),
        Constant::Literal(threshold) => threshold,
    };
    check_zero_threshold(threshold.value).map_err(|error| {
        cx.error(&threshold.tokens, error);
        Unreadable
    })?;
    Ok(Some(Checked::Value(threshold.value)))
}
