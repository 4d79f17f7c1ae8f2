//! `expire = "10m"`.

use proc_macro2::TokenStream;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr};
use typed_metrics_core::expiry::parse_expiry;

use crate::diagnostics::Diagnostics;
use crate::parse::compact::compact;
use crate::parse::entry::{Entry, ungrouped};
use crate::parse::value::{assigned, refuse, refuse_name};

const TAKES: &str = "a duration in quotes";
const EXAMPLE: &str = "expire = \"10m\"";

/// The text in quotes. What it means is checked by `model`.
pub(crate) fn expiry(cx: &Diagnostics, entry: &Entry) -> Option<LitStr> {
    let tokens = assigned(cx, entry, TAKES, EXAMPLE)?;
    if let Ok(literal) = syn::parse2(tokens.clone()) {
        return Some(literal);
    }
    let written = without_quotes(&ungrouped(tokens));
    let fixes = match parse_expiry(&written) {
        Ok(_) => vec![written],
        Err(error) => error.fixes(),
    };
    if fixes.is_empty() {
        refuse_name(cx, entry, tokens, "the duration itself", EXAMPLE)?;
        return refuse(cx, entry, tokens, TAKES, EXAMPLE);
    }
    let fixes: Vec<String> = fixes.iter().map(|fix| format!("`expire = {fix:?}`")).collect();
    let fixes = fixes.join(" or ");
    cx.error(tokens, format_args!("`expire` takes {TAKES}; write {fixes}"));
    None
}

/// The text that should have been in quotes: `10m`, or the same from `Duration::from_mins(10)`.
fn without_quotes(tokens: &TokenStream) -> String {
    of_a_call(tokens).unwrap_or_else(|| compact(tokens))
}

fn of_a_call(tokens: &TokenStream) -> Option<String> {
    let ExprCall { func, args, .. } = syn::parse2(tokens.clone()).ok()?;
    let Expr::Path(function) = *func else { return None };
    let unit = match &*function.path.segments.last()?.ident.to_string() {
        "from_millis" => "ms",
        "from_secs" => "s",
        "from_mins" => "m",
        "from_hours" => "h",
        "from_days" => "d",
        _ => return None,
    };
    match args.first()? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            Some(format!("{}{unit}", number.base10_digits()))
        }
        _ => None,
    }
}
