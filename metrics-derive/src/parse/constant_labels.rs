//! `labels(handler = "all", "http.region" = REGION)`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{Entry, EntryValue, comma_separated, inside, ungrouped};
use crate::parse::value::{Constant, is_expression, refuse};

const TAKES: &str = "names and texts";
const EXAMPLE: &str = "labels(handler = \"all\", \"http.region\" = \"eu\")";

/// A label that all metrics of an enum have, with its value.
pub(crate) struct ConstantLabel {
    /// The name as it is written.
    pub(crate) tokens: TokenStream,
    pub(crate) name: String,
    pub(crate) value: Constant<LitStr>,
}

pub(crate) fn constant_labels(cx: &Diagnostics, entry: &Entry) -> Option<Vec<ConstantLabel>> {
    let list = match &entry.value {
        EntryValue::Malformed(tokens) => inside(tokens, Delimiter::Parenthesis),
        EntryValue::Nothing | EntryValue::Assigned(_) => None,
    };
    let Some(list) = list.filter(|list| !list.is_empty()) else {
        return refuse(cx, entry, &entry.key, TAKES, EXAMPLE);
    };
    let labels: Vec<_> =
        comma_separated(cx, list).into_iter().map(|tokens| label(cx, tokens)).collect();
    labels.into_iter().collect()
}

fn label(cx: &Diagnostics, tokens: TokenStream) -> Option<ConstantLabel> {
    let mut rest = tokens.clone().into_iter();
    let name: TokenStream = rest.by_ref().take_while(|token| !is_equals(token)).collect();
    let value = ungrouped(&rest.collect());
    let text = match syn::parse2::<LitStr>(name.clone()) {
        Ok(literal) => Some(literal.value()),
        Err(_) => syn::parse::Parser::parse2(Ident::parse_any, name.clone())
            .ok()
            .map(|name| name.unraw().to_string()),
    };
    let (Some(text), false) = (text, value.is_empty()) else {
        cx.error(
            tokens,
            format_args!(
                "a constant label is a name and a text, as in `{EXAMPLE}`; a name with dots stands \
                 in quotes"
            ),
        );
        return None;
    };
    let value = match syn::parse2(value.clone()) {
        Ok(literal) => Constant::Literal(literal),
        Err(_) if is_expression(&value) => Constant::Expression(value),
        Err(_) => {
            let shown = value.to_string();
            cx.error(value, format_args!("the value of a label is a text; write `\"{shown}\"`"));
            return None;
        }
    };
    Some(ConstantLabel { tokens: name, name: text, value })
}

fn is_equals(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=')
}
