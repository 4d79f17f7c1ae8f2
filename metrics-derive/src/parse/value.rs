//! The values that keys take: strings, words, whole numbers, paths, constants, or none.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Ident, LitInt, LitStr, Path};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{Entry, EntryValue, ungrouped};

/// `key = "text"`.
pub(crate) fn string(cx: &Diagnostics, entry: &Entry, example: &str) -> Option<LitStr> {
    let tokens = assigned(cx, entry, "a string", example)?;
    parse_or_refuse(cx, entry, tokens, "a string", example)
}

/// `key = word`.
pub(crate) fn word(cx: &Diagnostics, entry: &Entry, takes: &str, example: &str) -> Option<Ident> {
    let tokens = assigned(cx, entry, takes, example)?;
    unquoted(cx, entry, tokens)?;
    parse_or_refuse(cx, entry, tokens, takes, example)
}

/// `key = path`.
pub(crate) fn path(cx: &Diagnostics, entry: &Entry, example: &str) -> Option<Path> {
    let tokens = assigned(cx, entry, "a path", example)?;
    unquoted(cx, entry, tokens)?;
    match Path::parse_mod_style.parse2(tokens.clone()) {
        Ok(path) => Some(path),
        Err(_) => refuse(cx, entry, tokens, "a path", example),
    }
}

/// A literal, or an expression whose value the compiler finds.
pub(crate) enum Constant<T> {
    Literal(T),
    Expression(TokenStream),
}

/// A whole number with its sign, which is a token of its own.
pub(crate) struct WholeNumber {
    tokens: TokenStream,
    pub(crate) literal: LitInt,
}

impl Parse for WholeNumber {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let tokens = input.fork().parse()?;
        Ok(Self { tokens, literal: input.parse()? })
    }
}

impl ToTokens for WholeNumber {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// `key = 12` or `key = LIMIT`.
pub(crate) fn constant_number(
    cx: &Diagnostics,
    entry: &Entry,
    example: &str,
) -> Option<Constant<WholeNumber>> {
    constant(cx, entry, "a whole number", example)
}

/// `key = "text"` or `key = TEXT`.
pub(crate) fn constant_string(
    cx: &Diagnostics,
    entry: &Entry,
    example: &str,
) -> Option<Constant<LitStr>> {
    constant(cx, entry, "a string", example)
}

fn constant<T: Parse>(
    cx: &Diagnostics,
    entry: &Entry,
    takes: &str,
    example: &str,
) -> Option<Constant<T>> {
    let tokens = ungrouped(assigned(cx, entry, takes, example)?);
    match syn::parse2(tokens.clone()) {
        Ok(literal) => Some(Constant::Literal(literal)),
        Err(_) if is_expression(&tokens) => Some(Constant::Expression(tokens)),
        Err(_) => refuse(cx, entry, tokens, takes, example),
    }
}

/// Whether `tokens` are an expression that is no literal.
pub(crate) fn is_expression(tokens: &TokenStream) -> bool {
    let is_literal = |expression: &Expr| matches!(expression, Expr::Lit(_));
    match syn::parse2(tokens.clone()) {
        Ok(Expr::Unary(unary)) => !is_literal(&unary.expr),
        Ok(expression) => !is_literal(&expression),
        Err(_) => false,
    }
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
            refuse(cx, entry, &entry.key, takes, example)
        }
        EntryValue::Malformed(tokens) => refuse(cx, entry, tokens, takes, example),
    }
}

/// Reports what the key takes.
pub(crate) fn refuse<T>(
    cx: &Diagnostics,
    entry: &Entry,
    at: impl ToTokens,
    takes: &str,
    example: &str,
) -> Option<T> {
    cx.error(at, format_args!("`{}` takes {takes}, as in `{example}`", entry.key));
    None
}

/// Reports the name of a constant, whose value a derive cannot know.
pub(crate) fn refuse_name(
    cx: &Diagnostics,
    entry: &Entry,
    tokens: &TokenStream,
    fix: &str,
    example: &str,
) -> Option<()> {
    let Ok(name) = syn::parse2::<Path>(tokens.clone()) else { return Some(()) };
    let key = &entry.key;
    cx.error(
        name,
        format_args!(
            "`{key}` cannot be a name: a derive sees names, not their values, \
             so write {fix}, as in `{example}`"
        ),
    );
    None
}

fn parse_or_refuse<T: Parse>(
    cx: &Diagnostics,
    entry: &Entry,
    tokens: &TokenStream,
    takes: &str,
    example: &str,
) -> Option<T> {
    match syn::parse2(tokens.clone()) {
        Ok(value) => Some(value),
        Err(_) => refuse(cx, entry, tokens, takes, example),
    }
}

/// Reports a word or a path in quotes, as serde requires them.
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
