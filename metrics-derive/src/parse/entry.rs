//! The entries of an attribute: `key`, `key = value`, separated by commas.
//!
//! An attribute is split at its commas before its entries are read, so that an entry that cannot be
//! read does not hide mistakes in the next one.

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

/// The entries of `#[name]` or `#[name(…)]`. Messages about another form show `example`.
///
/// `None` stands for an entry that could not be read, which is reported.
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
            cx.error(pair, format_args!("keys belong in parentheses; write `{example}`"));
            vec![None]
        }
    }
}

/// The words of other libraries for a key.
const SYNONYMS: [(&str, &str); 23] = [
    ("alias", "was"),
    ("boundaries", "buckets"),
    ("bounds", "buckets"),
    ("cardinality_limit", "series_limit"),
    ("desc", "description"),
    ("doc", "description"),
    ("expiration", "expire"),
    ("formerly", "was"),
    ("help", "description"),
    ("limit", "series_limit"),
    ("max_age", "expire"),
    ("max_buckets", "max_size"),
    ("max_series", "series_limit"),
    ("namespace", "prefix"),
    ("old_name", "was"),
    ("rename", "name"),
    ("renamed", "was"),
    ("renamed_from", "was"),
    ("subsystem", "prefix"),
    ("to_string", "display"),
    ("ttl", "expire"),
    ("type", "value"),
    ("value_type", "value"),
];

/// The words of other libraries for labels as a key.
const WORDS_FOR_LABELS: [&str; 5] = ["attributes", "dimensions", "label_names", "labels", "tags"];

/// The words of other libraries for the values of a label, which have no counterpart here.
const WORDS_FOR_SETS: [&str; 4] = ["dynamic_with", "fixed_with", "set", "singleton"];

/// Reports a key that the attribute does not have.
pub(crate) fn unknown_key(cx: &Diagnostics, key: &Ident, attribute: &str, known: &[&str]) {
    let synonym = SYNONYMS.into_iter().find(|(word, _)| key == word).map(|(_, own)| own);
    let synonym = synonym.filter(|own| known.contains(own));
    let meant = synonym.or_else(|| closest(&key.to_string(), known.iter().copied()));
    match meant {
        None if WORDS_FOR_SETS.iter().any(|word| key == word) && attribute == "label" => cx.error(
            key,
            format_args!(
                "unknown key `{key}`; a label has the name of its field, and its type says which \
                 values it has, so leave `{key}` out"
            ),
        ),
        None if WORDS_FOR_LABELS.iter().any(|word| key == word) && attribute != "label" => cx
            .error(
                key,
                format_args!(
                    "unknown key `{key}`; the labels of a metric are the fields of its variant, as \
                     in `RequestCount {{ route: &'a str }}`"
                ),
            ),
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

/// Splits at the commas that are not inside brackets.
pub(crate) fn comma_separated(cx: &Diagnostics, tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if part.is_empty() {
                    cx.error(&token, "there is no entry before this comma; remove the comma");
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

/// One entry. Messages about another form show `example`.
pub(crate) fn entry(cx: &Diagnostics, tokens: TokenStream, example: &str) -> Option<Entry> {
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

/// Removes the invisible groups that a `macro_rules!` puts around `$buckets:expr`.
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
