//! `buckets = […]`, `buckets = exponential(…)` and `buckets = linear(…)`.

use proc_macro2::{Delimiter, TokenStream};
use syn::{Expr, ExprLit, Ident, Lit, UnOp};

use crate::diagnostics::Diagnostics;
use crate::parse::compact::compact;
use crate::parse::entry::{Entry, comma_separated, inside, ungrouped};
use crate::parse::value::{assigned, refuse, refuse_name};
use crate::suggest::closest;

const TAKES: &str = "a list of numbers or a generator";
const EXAMPLE: &str = "buckets = [5, 10, 25]` or `buckets = exponential(1, 2, 10)";
const GENERATORS: [&str; 2] = ["exponential", "linear"];

pub(crate) enum BucketsDeclaration {
    /// The list with its brackets, and its elements.
    List(TokenStream, Vec<Boundary>),
    /// The whole call, and what it means.
    Generated(TokenStream, Generator),
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
        refuse_name(cx, entry, tokens, "the numbers themselves", EXAMPLE)?;
        if let Some(list) = inside(tokens, Delimiter::Bracket) {
            let written = comma_separated(cx, list);
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
        let (Some(name), Some(arguments)) = (name, arguments) else {
            return refuse(cx, entry, tokens, TAKES, EXAMPLE);
        };
        let generator = generator(cx, &name, tokens, arguments)?;
        Some(Self::Generated(tokens.clone(), generator))
    }
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
            let fix = match closest(&word, GENERATORS) {
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
    let value = syn::parse2(tokens.clone()).ok().and_then(|expr| evaluate(&expr));
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
