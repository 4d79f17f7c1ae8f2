//! `exponential`, `zero_threshold = 1e-6` and `zero_threshold = NOISE`.

use proc_macro2::{Delimiter, TokenStream};
use quote::ToTokens;
use syn::{Ident, LitInt};

use crate::diagnostics::Diagnostics;
use crate::parse::buckets::literal;
use crate::parse::compact::compact;
use crate::parse::entry::{Entry, EntryValue, comma_separated, inside, ungrouped};
use crate::parse::value::{Constant, assigned, is_expression, refuse};

const TAKES: &str = "a number";
const EXAMPLE: &str = "zero_threshold = 1e-6";

/// A threshold that is written as a number.
pub(crate) struct Threshold {
    pub(crate) tokens: TokenStream,
    pub(crate) value: f64,
}

/// `exponential` alone.
pub(crate) fn exponential(cx: &Diagnostics, entry: &Entry) -> Option<()> {
    let (tokens, arguments) = match &entry.value {
        EntryValue::Nothing => return Some(()),
        EntryValue::Assigned(tokens) => (tokens, Some(tokens.clone())),
        EntryValue::Malformed(tokens) => (tokens, inside(tokens, Delimiter::Parenthesis)),
    };
    let arguments = arguments.unwrap_or_default();
    let fix = if let Ok(size) = syn::parse2::<LitInt>(arguments.clone()) {
        format!("write `exponential, max_size = {size}`")
    } else if comma_separated(cx, arguments.clone()).len() == 3 {
        format!("write `buckets = exponential({})`", compact(&arguments))
    } else {
        "write `exponential` alone".to_owned()
    };
    let at = if tokens.is_empty() { entry.key.to_token_stream() } else { tokens.clone() };
    cx.error(at, format_args!("`exponential` takes no value; {fix}"));
    None
}

/// Reports a setting of exponential histograms above the enum.
pub(crate) fn refuse_setting_of_enum(cx: &Diagnostics, key: &Ident) {
    let setting = match key.to_string().as_str() {
        "max_size" => "exponential, max_size = 80",
        "zero_threshold" => "exponential, zero_threshold = 1e-6",
        _ => "exponential",
    };
    cx.error(
        key,
        format_args!(
            "`{key}` is a key of each histogram, not of the enum; write \
             `#[histogram({setting})]` above each variant"
        ),
    );
}

pub(crate) fn threshold(cx: &Diagnostics, entry: &Entry) -> Option<Constant<Threshold>> {
    let tokens = ungrouped(assigned(cx, entry, TAKES, EXAMPLE)?);
    match literal(&tokens) {
        Some(value) => Some(Constant::Literal(Threshold { tokens, value })),
        None if is_expression(&tokens) => Some(Constant::Expression(tokens)),
        None => refuse(cx, entry, tokens, TAKES, EXAMPLE),
    }
}
