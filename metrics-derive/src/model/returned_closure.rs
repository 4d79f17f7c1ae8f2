//! A closure that a function returns as `impl Fn(…) -> …`.
//!
//! As the last expression of the function, the closure would get the types of its arguments from
//! the function's return type. As the last expression of the measured body it does not, because the
//! compiler does not know the type of the body before it has checked the body. So the expansion
//! gives the types.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Block, Expr, Path, PathArguments, ReturnType, Signature, Stmt, Type, TypeImplTrait,
    TypeParamBound,
};

pub(crate) struct ReturnedClosure {
    /// The statements before the closure.
    pub(crate) before: Vec<Stmt>,
    pub(crate) last: LastValue,
}

/// The value of the last expression.
pub(crate) enum LastValue {
    Closure { expression: Expr, bound: TokenStream },
    Tuple(Vec<LastValue>),
    Other(Expr),
}

impl ReturnedClosure {
    /// `None` if the function returns no closure.
    pub(crate) fn find(signature: &Signature, body: &TokenStream) -> Option<Self> {
        let ReturnType::Type(_, returned) = &signature.output else { return None };
        // Most functions return no closure, and their bodies need not be parsed.
        bounds(returned).next()?;
        let Block { mut stmts, .. } = syn::parse2(quote!({ #body })).ok()?;
        let last = match stmts.pop()? {
            Stmt::Expr(Expr::Return(returned), _) => *returned.expr?,
            Stmt::Expr(last, None) => last,
            _ => return None,
        };
        Some(Self { before: stmts, last: LastValue::of(last, returned) })
    }
}

impl LastValue {
    fn of(expression: Expr, ty: &Type) -> Self {
        match (expression, ty) {
            (Expr::Tuple(values), Type::Tuple(types))
                if values.elems.len() == types.elems.len() =>
            {
                let all = values.elems.into_iter().zip(&types.elems);
                Self::Tuple(all.map(|(value, ty)| Self::of(value, ty)).collect())
            }
            (expression, Type::ImplTrait(_)) if ends_in_closure(&expression) => {
                match bounds(ty).next() {
                    Some(bound) => Self::Closure { expression, bound },
                    None => Self::Other(expression),
                }
            }
            (expression, _) => Self::Other(expression),
        }
    }
}

fn ends_in_closure(expression: &Expr) -> bool {
    let block = match expression {
        Expr::Closure(_) => return true,
        Expr::Paren(paren) => return ends_in_closure(&paren.expr),
        Expr::Block(block) if block.label.is_none() => &block.block,
        Expr::Unsafe(block) => &block.block,
        _ => return false,
    };
    matches!(block.stmts.last(), Some(Stmt::Expr(last, None)) if ends_in_closure(last))
}

/// The bounds `Fn(…) -> …` of `impl Fn(…) -> …`, also in a tuple.
fn bounds(ty: &Type) -> Box<dyn Iterator<Item = TokenStream> + '_> {
    match ty {
        Type::ImplTrait(TypeImplTrait { bounds, .. }) => {
            Box::new(bounds.iter().filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) => {
                    is_function(&bound.path).then(|| bound.to_token_stream())
                }
                _ => None,
            }))
        }
        Type::Tuple(tuple) => Box::new(tuple.elems.iter().flat_map(bounds)),
        Type::Group(group) => bounds(&group.elem),
        Type::Paren(paren) => bounds(&paren.elem),
        _ => Box::new(std::iter::empty()),
    }
}

fn is_function(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| {
        matches!(last.arguments, PathArguments::Parenthesized(_))
            && ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name)
    })
}
