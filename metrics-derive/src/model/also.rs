//! Copies of an enum under other prefixes.

use crate::diagnostics::Diagnostics;
use crate::parse::MetricsDeclaration;

/// Each copy needs a name and a prefix that no other one has.
pub(crate) fn check_also(cx: &Diagnostics, declaration: &MetricsDeclaration) {
    if let Some(copy) = declaration.also.first() {
        let kinds = declaration.variants.iter().flatten().flat_map(|variant| &variant.kinds);
        for old in kinds.filter_map(|kind| kind.was.read().ok().flatten()) {
            let ident = &copy.ident;
            cx.error(
                old,
                format_args!(
                    "the metric of `{ident}` would have this old name too; declare the metrics of \
                     `{ident}` apart, or leave out `was`"
                ),
            );
        }
    }
    let first = (&declaration.ident, declaration.keys.get("prefix"));
    let mut earlier = vec![first];
    for copy in &declaration.also {
        let ident = &copy.ident;
        let prefix = copy.keys.get("prefix");
        if earlier.iter().any(|(other, _)| *other == ident) {
            cx.error(ident, format_args!("there is an enum `{ident}` already; use another name"));
        }
        match prefix {
            None => cx.error(
                ident,
                format_args!(
                    "`{ident}` would have the metrics of `{}`; give `{ident}` another prefix: \
                     `also({ident}, prefix = \"…\")`",
                    declaration.ident
                ),
            ),
            Some(tokens) => {
                let text = tokens.to_string();
                let is_same = |prefix: Option<_>| {
                    prefix.is_some_and(|it: &proc_macro2::TokenStream| it.to_string() == text)
                };
                if let Some((other, _)) = earlier.iter().find(|(_, prefix)| is_same(*prefix)) {
                    cx.error(
                        tokens,
                        format_args!(
                            "`{other}` has this prefix already; give `{ident}` another one"
                        ),
                    );
                }
            }
        }
        earlier.push((ident, prefix));
    }
}
