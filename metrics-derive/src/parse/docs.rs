//! Doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the doc comments, its lines joined by spaces; empty if there are none.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_literal).collect();
    let words = lines.iter().flat_map(|text| without_asterisks(text));
    words.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The lines of one attribute, trimmed. If all lines of a block comment begin with an asterisk, the
/// asterisks are a frame and not text, as in rustdoc. A `///` line is an attribute of its own.
fn without_asterisks(text: &str) -> impl Iterator<Item = &str> {
    let framed = |line: &str| line.is_empty() || line.starts_with('*');
    let is_framed = text.lines().skip(1).map(str::trim).all(framed);
    text.lines().map(str::trim).enumerate().map(move |(at, line)| match line.strip_prefix('*') {
        Some(rest) if at > 0 && is_framed => rest.trim(),
        _ => line,
    })
}

/// The text of `#[doc = "…"]`. `#[doc(hidden)]` has none, and neither has `#[doc =
/// include_str!(…)]`, because a derive sees macros before they are expanded.
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
        assert_eq!(doc_text(&attributes), "Duration of requests. In ms.");
    }

    #[test]
    fn the_frame_of_a_block_comment_is_not_text_and_a_list_is() {
        let framed: Vec<Attribute> =
            vec![parse_quote!(#[doc = " Block\n     * doc,\n     *\n     * framed.\n     "])];
        assert_eq!(doc_text(&framed), "Block doc, framed.");
        let list: Vec<Attribute> = vec![parse_quote!(#[doc = " Kinds:\n * one\n or more"])];
        assert_eq!(doc_text(&list), "Kinds: * one or more");
        let lines: Vec<Attribute> =
            vec![parse_quote!(#[doc = " Kinds:"]), parse_quote!(#[doc = " * one"])];
        assert_eq!(doc_text(&lines), "Kinds: * one");
    }

    #[test]
    fn what_a_macro_would_give_is_left_out() {
        let attributes: Vec<Attribute> =
            vec![parse_quote!(#[doc = " Sent."]), parse_quote!(#[doc = concat!("a", "b")])];
        assert_eq!(doc_text(&attributes), "Sent.");
    }
}
