//! An expression without the groups around it.

use syn::Expr;

/// Removes parentheses, and the invisible groups that a `macro_rules!` puts around `$metric:expr`.
pub(super) fn ungrouped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => ungrouped(&group.expr),
        Expr::Paren(paren) => ungrouped(&paren.expr),
        other => other,
    }
}
