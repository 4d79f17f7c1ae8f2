//! The entries of an attribute: `key`, `key = value`, separated by commas.
//!
//! An attribute is split at its commas before anything in it is read, so one entry that cannot be
//! read does not hide mistakes in the next.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, Ident, Meta};

use crate::diagnostics::Diagnostics;
use crate::suggest::{closest, quoted_list};

/// One entry.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: EntryValue,
}

/// What follows the key.
pub(crate) enum EntryValue {
    /// Nothing, not even `=`.
    Nothing,
    /// `= tokens`; there may be none.
    Assigned(TokenStream),
    /// Something else.
    Malformed(TokenStream),
}

/// The entries of `#[name]` or `#[name(…)]`; `example` is shown to whoever wrote it differently.
///
/// `None` stands for one that could not be read; that has been reported.
pub(crate) fn entries(
    cx: &Diagnostics,
    attribute: &Attribute,
    example: &str,
) -> Vec<Option<Entry>> {
    match &attribute.meta {
        Meta::Path(_) => Vec::new(),
        Meta::List(list) => comma_separated(cx, list.tokens.clone())
            .into_iter()
            .map(|tokens| entry(cx, tokens, example))
            .collect(),
        Meta::NameValue(pair) => {
            cx.error(pair, format_args!("keys stand in parentheses: write `{example}`"));
            vec![None]
        }
    }
}

/// Tells of a key that nobody takes.
pub(crate) fn unknown_key(cx: &Diagnostics, key: &Ident, attribute: &str, known: &[&str]) {
    match closest(&key.to_string(), known.iter().copied()) {
        Some(meant) => cx.error(key, format_args!("unknown key `{key}`; did you mean `{meant}`?")),
        None => cx.error(
            key,
            format_args!(
                "unknown key `{key}`; `#[{attribute}]` takes {}",
                quoted_list(known.iter().copied())
            ),
        ),
    }
}

/// Splits at top-level commas. Commas inside brackets of any kind are not seen here.
pub(crate) fn comma_separated(cx: &Diagnostics, tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if part.is_empty() {
                    cx.error(&token, "nothing stands before this comma");
                } else {
                    parts.push(part.drain(..).collect());
                }
            }
            _ => part.push(token),
        }
    }
    if !part.is_empty() {
        parts.push(part.into_iter().collect());
    }
    parts
}

fn entry(cx: &Diagnostics, tokens: TokenStream, example: &str) -> Option<Entry> {
    let mut rest = tokens.clone().into_iter();
    let Some(TokenTree::Ident(key)) = rest.next() else {
        cx.error(tokens, format_args!("expected `key = value`, as in `{example}`"));
        return None;
    };
    let after_key: TokenStream = rest.clone().collect();
    let value = match rest.next() {
        None => EntryValue::Nothing,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            EntryValue::Assigned(rest.collect())
        }
        Some(_) => EntryValue::Malformed(after_key),
    };
    Some(Entry { key, value })
}

/// Without the invisible groups around it, which `$buckets:expr` of a `macro_rules!` comes in.
pub(crate) fn ungrouped(tokens: &TokenStream) -> TokenStream {
    match inside(tokens, Delimiter::None) {
        Some(inner) => ungrouped(&inner),
        None => tokens.clone(),
    }
}

/// The tokens inside `delimiter`, if `tokens` is that group alone.
pub(crate) fn inside(tokens: &TokenStream, delimiter: Delimiter) -> Option<TokenStream> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == delimiter => {
            Some(group.stream())
        }
        _ => None,
    }
}
