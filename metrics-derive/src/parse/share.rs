//! The value of `sample`: the share of the calls that are measured.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{BinOp, Expr, ExprBinary, ExprLit, Ident, Lit, Token, UnOp};

use crate::diagnostics::Diagnostics;
use crate::parse::ungrouped::ungrouped;

/// Reads `1/N` and returns `N`. Reports a mistake at the value of `key`.
pub(super) fn share(cx: &Diagnostics, key: &Ident, input: ParseStream<'_>) -> Option<Expr> {
    let ahead = input.fork();
    let value = ahead.parse::<Expr>().ok();
    let Some(value) = value.filter(|_| ahead.is_empty() || ahead.peek(Token![,])) else {
        // Something like `1 in 64` or `2%`.
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend([input.parse::<TokenTree>().ok()?]);
        }
        not_a_share(cx, if tokens.is_empty() { key.to_token_stream() } else { tokens }, None);
        return None;
    };
    input.advance_to(&ahead);
    let value = ungrouped(&value);
    match fraction(value) {
        Some((numerator, n)) if whole(numerator) == Some(1) => {
            if is_wrong(n) {
                cx.error(
                    n,
                    "`sample = 1/N` measures one call in N, and N is a whole number from 1 to \
                     4294967295, as in `sample = 1/64`",
                );
                return None;
            }
            Some(n.clone())
        }
        _ => {
            not_a_share(cx, value, meant(value));
            None
        }
    }
}

/// Reports a value that is no `1/N`.
pub(super) fn not_a_share(cx: &Diagnostics, at: impl ToTokens, meant: Option<u32>) {
    let n = meant.unwrap_or(64);
    cx.error(
        at,
        format_args!(
            "`sample` takes the share of the calls that are measured, as a fraction with the \
             numerator 1; write `sample = 1/{n}` to measure one call in {n}"
        ),
    );
}

fn fraction(value: &Expr) -> Option<(&Expr, &Expr)> {
    match value {
        Expr::Binary(ExprBinary { left, op: BinOp::Div(_), right, .. }) => {
            Some((ungrouped(left), ungrouped(right)))
        }
        _ => None,
    }
}

/// Whether a denominator is certainly wrong. A constant is checked by the compiler.
fn is_wrong(n: &Expr) -> bool {
    match n {
        Expr::Lit(_) => whole(n).is_none_or(|n| n == 0),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)),
        _ => false,
    }
}

fn whole(value: &Expr) -> Option<u32> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}

/// The `N` that `value` probably means: `64`, `2/128` and `0.015625` mean 64.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn meant(value: &Expr) -> Option<u32> {
    if let Some((numerator, n)) = fraction(value) {
        let (numerator, n) = (whole(numerator)?, whole(n)?);
        return (numerator > 0 && n >= numerator && n % numerator == 0).then(|| n / numerator);
    }
    if let Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) = value {
        let share = number.base10_parse::<f64>().ok()?;
        return (1e-9..=1.0).contains(&share).then(|| (1.0 / share).round() as u32);
    }
    whole(value).filter(|n| *n > 0)
}
