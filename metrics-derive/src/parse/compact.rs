//! Tokens as a person writes them.

use quote::ToTokens;

/// `f64::MAX`, not `f64 :: MAX`.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text = text.replace(" :: ", "::").replace(" (", "(").replace(" [", "[");
    text.replace("- ", "-").replace(" ,", ",")
}
