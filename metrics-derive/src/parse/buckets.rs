//! `buckets = […]`, `buckets = exponential(…)`, `buckets = linear(…)` and `buckets = LATENCY`.

use proc_macro2::{Delimiter, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, ExprMacro, Ident, Lit, UnOp};

use crate::diagnostics::Diagnostics;
use crate::parse::compact::compact;
use crate::parse::entry::{Entry, comma_separated, inside, ungrouped};
use crate::parse::value::{assigned, is_expression, refuse};
use crate::suggest::closest;

const TAKES: &str = "a list of numbers or a generator";
const EXAMPLE: &str = "buckets = [5, 10, 25]` or `buckets = exponential(1, 2, 10)";
const GENERATORS: [&str; 2] = ["exponential", "linear"];

pub(crate) enum BucketsDeclaration {
    /// The list with its brackets, and its elements.
    List(TokenStream, Vec<Boundary>),
    /// The whole call, and what it means.
    Generated(TokenStream, Generator),
    /// An expression whose value the compiler finds.
    Constant(TokenStream),
}

pub(crate) struct Boundary {
    pub(crate) tokens: TokenStream,
    pub(crate) value: f64,
}

pub(crate) enum Generator {
    Exponential { start: f64, factor: f64, count: usize },
    Linear { start: f64, width: f64, count: usize },
}

impl BucketsDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, entry: &Entry) -> Option<Self> {
        let tokens = &ungrouped(assigned(cx, entry, TAKES, EXAMPLE)?);
        if let Some(list) = inside(tokens, Delimiter::Bracket)
            && !list.clone().into_iter().any(|token| is_semicolon(&token))
        {
            let written = comma_separated(cx, list);
            let is_constant =
                |boundary: &TokenStream| literal(boundary).is_none() && is_expression(boundary);
            if written.iter().any(is_constant) {
                return Some(Self::Constant(list_of(cx, tokens, &written)?));
            }
            let boundaries: Vec<Boundary> = written
                .iter()
                .filter_map(|tokens| {
                    Some(Boundary { tokens: tokens.clone(), value: number(cx, tokens)? })
                })
                .collect();
            // If one boundary cannot be read, checking the others would report mistakes that may be
            // none.
            return (boundaries.len() == written.len())
                .then(|| Self::List(tokens.clone(), boundaries));
        }
        let mut call = tokens.clone().into_iter();
        let name = call.next().and_then(|name| syn::parse2::<Ident>(name.into()).ok());
        let arguments = inside(&call.collect(), Delimiter::Parenthesis);
        if let (Some(name), Some(arguments)) = (name, arguments)
            && may_be_generator(&name, &arguments)
        {
            let generator = generator(cx, &name, tokens, arguments)?;
            return Some(Self::Generated(tokens.clone(), generator));
        }
        if let Some(fix) = generator_alone(tokens) {
            cx.error(tokens, format_args!("this generator has no arguments; {fix}"));
            return None;
        }
        if let Some(list) = list_of_vec(tokens) {
            cx.error(
                tokens,
                format_args!("boundaries are a list without `vec!`; write `buckets = {list}`"),
            );
            return None;
        }
        if is_expression(tokens) {
            return Some(Self::Constant(tokens.clone()));
        }
        refuse(cx, entry, tokens, TAKES, EXAMPLE)
    }
}

/// The fix for the name of a generator without arguments.
fn generator_alone(tokens: &TokenStream) -> Option<&'static str> {
    let name: Ident = syn::parse2(tokens.clone()).ok()?;
    match name.to_string().as_str() {
        "exponential" => Some(
            "write `exponential(start, factor, count)`; buckets that adapt to the values are \
             `#[histogram(exponential)]`, without `buckets`",
        ),
        "linear" => Some("write `linear(start, width, count)`"),
        _ => None,
    }
}

/// The list of `vec![…]`.
fn list_of_vec(tokens: &TokenStream) -> Option<String> {
    let vec: ExprMacro = syn::parse2(tokens.clone()).ok()?;
    let list = &vec.mac.tokens;
    vec.mac.path.is_ident("vec").then(|| format!("[{}]", compact(list)))
}

/// A list with expressions. Its literals become floats.
fn list_of(cx: &Diagnostics, list: &TokenStream, written: &[TokenStream]) -> Option<TokenStream> {
    let boundaries: Vec<Option<TokenStream>> = written
        .iter()
        .map(|tokens| match literal(tokens) {
            Some(value) if value.is_finite() => {
                let sign = value.is_sign_negative().then(|| quote!(-));
                let value = Literal::f64_suffixed(value.abs());
                Some(quote!(#sign #value))
            }
            Some(_) => Some(tokens.clone()),
            None if is_expression(tokens) => Some(tokens.clone()),
            None => number(cx, tokens).map(|_| TokenStream::new()),
        })
        .collect();
    let boundaries = boundaries.into_iter().collect::<Option<Vec<_>>>()?;
    let first = list.clone().into_iter().next();
    let span = first.map_or_else(Span::call_site, |token| token.span());
    Some(quote_spanned!(span=> [#(#boundaries),*]))
}

/// Whether a call is one of a generator, or a misspelt one. Any other call is one of a `const fn`.
fn may_be_generator(name: &Ident, arguments: &TokenStream) -> bool {
    let commas = arguments.clone().into_iter().filter(is_comma).count();
    commas >= 2 || closest(&name.to_string(), GENERATORS).is_some()
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

fn generator(
    cx: &Diagnostics,
    name: &Ident,
    call: &TokenStream,
    arguments: TokenStream,
) -> Option<Generator> {
    let word = name.to_string();
    let second = match word.as_str() {
        "exponential" => "factor",
        "linear" => "width",
        _ => {
            // Other crates write `exponential_buckets`.
            let begun = GENERATORS.into_iter().find(|name| word.starts_with(name));
            let fix = match begun.or_else(|| closest(&word, GENERATORS)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "the generators are `exponential(start, factor, count)` and \
                         `linear(start, width, count)`"
                    .to_owned(),
            };
            cx.error(name, format_args!("unknown generator `{word}`; {fix}"));
            return None;
        }
    };
    let arguments = comma_separated(cx, arguments);
    let [start, step, count] = arguments.as_slice() else {
        let given = arguments.len();
        cx.error(
            call,
            format_args!("`{word}(start, {second}, count)` takes 3 arguments, not {given}"),
        );
        return None;
    };
    // All three are read before the function returns, so that every mistake is reported.
    let (start, step) = (number(cx, start), number(cx, step));
    let count = whole_number(cx, count);
    let (start, step, count) = (start?, step?, count?);
    Some(match second {
        "factor" => Generator::Exponential { start, factor: step, count },
        _ => Generator::Linear { start, width: step, count },
    })
}

fn whole_number(cx: &Diagnostics, tokens: &TokenStream) -> Option<usize> {
    let count = syn::parse2::<syn::LitInt>(tokens.clone());
    match count.and_then(|literal| literal.base10_parse()) {
        Ok(count) => Some(count),
        Err(_) => {
            cx.error(tokens, "`count` is a whole number literal, as in `10`");
            None
        }
    }
}

/// Reads a number literal with or without a sign. `f64::INFINITY` and `f64::NAN` are read too, so
/// that the rule for boundaries refuses them with its own message.
fn number(cx: &Diagnostics, tokens: &TokenStream) -> Option<f64> {
    let value = literal(tokens);
    if value.is_none() {
        cx.error(
            tokens,
            format_args!(
                "`{}` is not a number literal; a derive sees names, not their values, \
                 so write the number itself",
                compact(tokens)
            ),
        );
    }
    value
}

pub(super) fn literal(tokens: &TokenStream) -> Option<f64> {
    syn::parse2(tokens.clone()).ok().and_then(|expr| evaluate(&expr))
}

fn evaluate(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_digits().parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) => literal.base10_digits().parse().ok(),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Some(-evaluate(&unary.expr)?),
        Expr::Paren(paren) => evaluate(&paren.expr),
        Expr::Group(group) => evaluate(&group.expr),
        Expr::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "INFINITY" => Some(f64::INFINITY),
                "NEG_INFINITY" => Some(f64::NEG_INFINITY),
                "NAN" => Some(f64::NAN),
                _ => None,
            }
        }
        _ => None,
    }
}
