//! Doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the doc comments, its lines joined by blanks; empty if there is none.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_literal).collect();
    let words = lines.iter().flat_map(|text| text.lines()).map(str::trim);
    words.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text of `#[doc = "…"]`; `#[doc(hidden)]` and `#[doc = include_str!(…)]` have none.
fn doc_literal(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    if !pair.path.is_ident("doc") {
        return None;
    }
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn lines_are_trimmed_and_joined() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = " Duration of"]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[counter]),
            parse_quote!(#[doc(hidden)]),
            parse_quote!(#[doc = " requests.\n * In ms.  "]),
        ];
        assert_eq!(doc_text(&attributes), "Duration of requests. * In ms.");
    }
}
