//! Names: of metrics, of their prefix, of constructors.

use std::fmt;

use heck::{ToPascalCase, ToSnakeCase};
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Ident, LitStr};
use typed_metrics_core::name::{NameError, check_metric_name};

use crate::diagnostics::Diagnostics;
use crate::parse::{Constant, Slot, Unreadable, VariantDeclaration, VariantFields, compact};

/// Replaces a prefix that is wrong, so that names are still checked with a prefix.
const STAND_IN: &str = "prefix";

/// The shortest prefix. It replaces a constant, whose text only the compiler knows.
const SHORTEST: &str = "p";

/// What stands before the names of an enum's metrics.
pub(crate) enum Prefix {
    Text(String),
    /// An expression, which the compiler checks.
    Constant(TokenStream),
}

/// The full name of a metric.
#[derive(PartialEq, Eq)]
pub(crate) enum MetricName {
    Text(String),
    /// A name that the compiler puts together.
    Joined {
        /// The prefix as it is written.
        prefix: String,
        last: String,
    },
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Joined { prefix, last } => write!(f, "{{{prefix}}}.{last}"),
        }
    }
}

/// The checked prefix; `None` if there is none.
pub(crate) fn prefix(cx: &Diagnostics, slot: &Slot<Constant<LitStr>>) -> Option<Prefix> {
    match slot.read() {
        Ok(Some(Constant::Literal(literal))) => Some(Prefix::Text(prefix_text(cx, literal))),
        Ok(Some(Constant::Expression(expression))) => Some(Prefix::Constant(expression.clone())),
        Ok(None) => None,
        Err(Unreadable) => Some(Prefix::Text(STAND_IN.to_owned())),
    }
}

fn prefix_text(cx: &Diagnostics, literal: &LitStr) -> String {
    let prefix = literal.value();
    if let Some(bare) = prefix.strip_suffix('.') {
        cx.error(
            literal,
            format_args!(
                "prefix {prefix:?} ends with the dot that is put between prefix and name; \
                 write {bare:?}"
            ),
        );
        return STAND_IN.to_owned();
    }
    match check_metric_name(&prefix) {
        Ok(()) => prefix,
        Err(error) => {
            cx.error(literal, format_args!("{prefix:?} cannot be the prefix of a name: {error}"));
            STAND_IN.to_owned()
        }
    }
}

/// The full name of a variant's metric.
pub(crate) fn metric_name(
    cx: &Diagnostics,
    prefix: Option<&Prefix>,
    written: Option<&LitStr>,
    variant: &Ident,
) -> Option<MetricName> {
    let last = written.map_or_else(|| snake_case(variant), LitStr::value);
    let text = prefix.map(|prefix| match prefix {
        Prefix::Text(text) => text.as_str(),
        Prefix::Constant(_) => SHORTEST,
    });
    let (full, before) = match text {
        Some(prefix) => (format!("{prefix}.{last}"), prefix.chars().count() + 1),
        None => (last.clone(), 0),
    };
    let checked = if last.is_empty() { Err(NameError::Empty) } else { check_metric_name(&full) };
    let Err(error) = checked else {
        return Some(match prefix {
            Some(Prefix::Constant(prefix)) => MetricName::Joined { prefix: compact(prefix), last },
            _ => MetricName::Text(full),
        });
    };
    if written.is_none() && !names_a_constructor(&last) {
        // The constructor cannot be named after the variant either; that is reported already.
        return None;
    }
    // The position in the message counts from the start of the user's literal.
    let error = match error {
        NameError::BadCharacter { found, position } => {
            NameError::BadCharacter { found, position: position.saturating_sub(before) }
        }
        other => other,
    };
    match (written, &error) {
        (Some(literal), NameError::TooLong { .. }) => {
            cx.error(literal, format_args!("{full:?} cannot be the name of a metric: {error}"));
        }
        (Some(literal), _) => {
            cx.error(literal, format_args!("{last:?} cannot be the name of a metric: {error}"));
        }
        (None, _) => cx.error(
            variant,
            format_args!(
                "{last:?}, made from `{variant}`, cannot be the name of a metric: {error}; \
                 rename the variant or give it a `name = \"…\"`"
            ),
        ),
    }
    None
}

/// The name of a variant's constructor.
pub(crate) fn constructor(cx: &Diagnostics, variant: &VariantDeclaration) -> Option<Ident> {
    let ident = &variant.ident;
    let name = snake_case(ident);
    // The compiler reports the constructor at the variant.
    let span = Span::call_site().located_at(ident.span());
    match name.as_str() {
        "record" => {
            cx.error(
                ident,
                format_args!(
                    "the constructor of `{ident}` would be `record`, which records by value; \
                     choose another name for the variant"
                ),
            );
            None
        }
        "self" | "super" | "crate" => {
            cx.error(
                ident,
                format_args!(
                    "the constructor of `{ident}` would be `{name}`, a keyword that cannot be a \
                     name; choose another name for the variant"
                ),
            );
            None
        }
        _ if !names_a_constructor(&name) => {
            cx.error(
                ident,
                format_args!(
                    "`{ident}` gives no name for a constructor; \
                     begin the name of the variant with a letter"
                ),
            );
            None
        }
        // `Shop::requests` would be the variant.
        _ if is_value(variant) && ident.unraw() == name => {
            let fix = name.to_pascal_case();
            cx.error(
                ident,
                format_args!(
                    "the variant `{ident}` would hide its own constructor `{name}`; \
                     write `{fix}`"
                ),
            );
            None
        }
        // `gen` is a keyword from edition 2024 on. syn does not know that.
        "gen" => Some(Ident::new_raw(&name, span)),
        _ if is_keyword(&name) => Some(Ident::new_raw(&name, span)),
        _ => Some(Ident::new(&name, span)),
    }
}

/// Whether a name is a keyword. Only a name of letters can be one; asking the compiler takes long.
fn is_keyword(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase()) && syn::parse_str::<Ident>(name).is_err()
}

fn names_a_constructor(snake_case: &str) -> bool {
    snake_case.starts_with(|c: char| c.is_alphabetic())
}

/// Whether the name of the variant is a value, as that of a function is.
fn is_value(variant: &VariantDeclaration) -> bool {
    match &variant.fields {
        VariantFields::Named(fields) => fields.is_empty(),
        VariantFields::Group(_) => true,
        VariantFields::Unnamed(..) => false,
    }
}

pub(crate) fn snake_case(ident: &Ident) -> String {
    ident.unraw().to_string().to_snake_case()
}
