//! The values that keys take: strings, words, whole numbers, paths, or none.

use proc_macro2::TokenStream;
use syn::parse::{Parse, Parser};
use syn::{Ident, LitInt, LitStr, Path};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{Entry, EntryValue};

/// `key = "text"`.
pub(crate) fn string(cx: &Diagnostics, entry: &Entry, example: &str) -> Option<LitStr> {
    let tokens = assigned(cx, entry, "a string", example)?;
    parse_or_tell(cx, entry, tokens, "a string", example)
}

/// `key = word`.
pub(crate) fn word(cx: &Diagnostics, entry: &Entry, takes: &str, example: &str) -> Option<Ident> {
    let tokens = assigned(cx, entry, takes, example)?;
    unquoted(cx, entry, tokens)?;
    parse_or_tell(cx, entry, tokens, takes, example)
}

/// `key = path`.
pub(crate) fn path(cx: &Diagnostics, entry: &Entry, example: &str) -> Option<Path> {
    let tokens = assigned(cx, entry, "a path", example)?;
    unquoted(cx, entry, tokens)?;
    match Path::parse_mod_style.parse2(tokens.clone()) {
        Ok(path) => Some(path),
        Err(_) => tell(cx, entry, tokens, "a path", example),
    }
}

/// `key = 12`.
pub(crate) fn whole_number(cx: &Diagnostics, entry: &Entry, example: &str) -> Option<LitInt> {
    let tokens = assigned(cx, entry, "a whole number", example)?;
    refuse_name(cx, entry, tokens, "the number itself", example)?;
    parse_or_tell(cx, entry, tokens, "a whole number", example)
}

/// `key` alone.
pub(crate) fn flag(cx: &Diagnostics, entry: &Entry) -> Option<()> {
    match &entry.value {
        EntryValue::Nothing => Some(()),
        EntryValue::Assigned(tokens) | EntryValue::Malformed(tokens) => {
            cx.error(tokens, format_args!("`{0}` takes no value; write `{0}` alone", entry.key));
            None
        }
    }
}

/// The tokens after `=`, of which there is at least one.
pub(crate) fn assigned<'e>(
    cx: &Diagnostics,
    entry: &'e Entry,
    takes: &str,
    example: &str,
) -> Option<&'e TokenStream> {
    match &entry.value {
        EntryValue::Assigned(tokens) if !tokens.is_empty() => Some(tokens),
        EntryValue::Assigned(_) | EntryValue::Nothing => {
            tell(cx, entry, &entry.key, takes, example)
        }
        EntryValue::Malformed(tokens) => tell(cx, entry, tokens, takes, example),
    }
}

/// Tells what the key takes.
pub(crate) fn tell<T>(
    cx: &Diagnostics,
    entry: &Entry,
    at: impl quote::ToTokens,
    takes: &str,
    example: &str,
) -> Option<T> {
    cx.error(at, format_args!("`{}` takes {takes}, as in `{example}`", entry.key));
    None
}

/// Tells whoever wrote the name of a constant why it has no value here.
pub(crate) fn refuse_name(
    cx: &Diagnostics,
    entry: &Entry,
    tokens: &TokenStream,
    mend: &str,
    example: &str,
) -> Option<()> {
    let Ok(name) = syn::parse2::<Path>(tokens.clone()) else { return Some(()) };
    let key = &entry.key;
    cx.error(
        name,
        format_args!(
            "`{key}` cannot be a name: a derive sees names, not their values, \
             so write {mend}, as in `{example}`"
        ),
    );
    None
}

fn parse_or_tell<T: Parse>(
    cx: &Diagnostics,
    entry: &Entry,
    tokens: &TokenStream,
    takes: &str,
    example: &str,
) -> Option<T> {
    match syn::parse2(tokens.clone()) {
        Ok(value) => Some(value),
        Err(_) => tell(cx, entry, tokens, takes, example),
    }
}

/// Tells whoever quoted a word or a path, as serde wants it, that it stands unquoted here.
fn unquoted(cx: &Diagnostics, entry: &Entry, tokens: &TokenStream) -> Option<()> {
    match syn::parse2::<LitStr>(tokens.clone()) {
        Ok(literal) => {
            let key = &entry.key;
            let text = literal.value();
            cx.error(literal, format_args!("write it without quotes: `{key} = {text}`"));
            None
        }
        Err(_) => Some(()),
    }
}
