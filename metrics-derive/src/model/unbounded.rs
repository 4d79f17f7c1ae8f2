//! Generic parameters that need not be `'static`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Generics, Lifetime, Type, TypeParam, TypeParamBound, WherePredicate};

use crate::model::mentions::mentions;

/// Traits that do not imply `'static`. Any other trait may.
const PLAIN: [&str; 33] = [
    "AsMut",
    "AsRef",
    "Borrow",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Display",
    "Eq",
    "Error",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromStr",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Read",
    "Send",
    "Sized",
    "Sync",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Write",
];

/// Whether a type mentions a parameter of `all` that may be other than `'static`, for certain.
///
/// A bound that could imply `'static` counts as one that does.
pub(crate) fn mentions_unbounded(ty: &Type, all: [&Generics; 2]) -> bool {
    let tokens = ty.to_token_stream();
    let predicates = || {
        let clauses = all.into_iter().filter_map(|generics| generics.where_clause.as_ref());
        clauses.flat_map(|clause| &clause.predicates)
    };
    let is_unbounded = |parameter: &TypeParam| {
        let name = parameter.ident.to_string();
        parameter.bounds.iter().all(is_plain)
            && predicates().all(|predicate| match predicate {
                WherePredicate::Type(predicate) => {
                    !mentions(predicate.bounded_ty.to_token_stream(), &name)
                        || predicate.bounds.iter().all(is_plain)
                }
                _ => true,
            })
    };
    let outlives_static = |lifetime: &Lifetime| {
        predicates().any(|predicate| match predicate {
            WherePredicate::Lifetime(predicate) => {
                predicate.lifetime == *lifetime && predicate.bounds.iter().any(is_static)
            }
            _ => false,
        })
    };
    all.into_iter().any(|generics| {
        let types = generics.type_params().any(|parameter| {
            mentions(tokens.clone(), &parameter.ident.to_string()) && is_unbounded(parameter)
        });
        let lifetimes = generics.lifetimes().any(|parameter| {
            mentions_lifetime(tokens.clone(), &parameter.lifetime)
                && !parameter.bounds.iter().any(is_static)
                && !outlives_static(&parameter.lifetime)
        });
        types || lifetimes
    })
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Whether a bound does not imply `'static`.
fn is_plain(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| PLAIN.iter().any(|name| last.ident == name))
        }
        TypeParamBound::Lifetime(lifetime) => !is_static(lifetime),
        _ => false,
    }
}

fn mentions_lifetime(tokens: TokenStream, lifetime: &Lifetime) -> bool {
    let mut after_tick = false;
    tokens.into_iter().any(|token| {
        let is_lifetime = std::mem::take(&mut after_tick);
        match token {
            TokenTree::Group(group) => mentions_lifetime(group.stream(), lifetime),
            TokenTree::Ident(ident) => is_lifetime && ident == lifetime.ident,
            TokenTree::Punct(punct) => {
                after_tick = punct.as_char() == '\'';
                false
            }
            TokenTree::Literal(_) => false,
        }
    })
}
