//! The expressions that `#[timed]` gives the labels of a metric.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Ident};

/// The word that means the outcome among the labels.
pub(super) const OUTCOME: &str = "outcome";

/// The `?`, `return` or `await` in an expression. One in a closure or an async block does not
/// count.
pub(super) fn exit(tokens: TokenStream) -> Option<TokenTree> {
    let mut tokens = tokens.into_iter();
    tokens.find_map(|token| match &token {
        TokenTree::Punct(punct) if punct.as_char() == '?' => Some(token),
        TokenTree::Ident(word) if word == "return" || word == "await" => Some(token),
        TokenTree::Group(group) => {
            let inside = group.stream();
            let is_own = inside.clone().into_iter().any(|token| match token {
                TokenTree::Punct(punct) => punct.as_char() == '|',
                TokenTree::Ident(word) => word == "async",
                _ => false,
            });
            if is_own { None } else { exit(inside) }
        }
        _ => None,
    })
}

/// The values of the labels in an expression: of a group that is written out, those of its fields.
pub(super) fn values(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::Struct(group) => {
            let fields = group.fields.iter().flat_map(|field| values(&field.expr));
            fields.chain(group.rest.as_deref()).collect()
        }
        Expr::Group(group) => values(&group.expr),
        Expr::Paren(paren) => values(&paren.expr),
        single => vec![single],
    }
}

/// `outcome` or `Some(outcome)`.
pub(super) fn outcome_in(expression: &Expr) -> Option<Ident> {
    match expression {
        Expr::Call(call) if is_some(&call.func) && call.args.len() == 1 => {
            word(call.args.first()?, OUTCOME)
        }
        Expr::Group(group) => outcome_in(&group.expr),
        Expr::Paren(paren) => outcome_in(&paren.expr),
        other => word(other, OUTCOME),
    }
}

fn is_some(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Some")
}

/// `expression` as the word `text`, if it is that.
fn word(expression: &Expr, text: &str) -> Option<Ident> {
    match expression {
        Expr::Path(path) => path.path.get_ident().filter(|word| *word == text).cloned(),
        Expr::Group(group) => word(&group.expr, text),
        Expr::Paren(paren) => word(&paren.expr, text),
        _ => None,
    }
}

pub(super) fn is_word(expression: &Expr, ident: &Ident) -> bool {
    word(expression, &ident.to_string()).is_some()
}
