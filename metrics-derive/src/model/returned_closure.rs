//! A closure that a function returns as `impl Fn(…) -> …`.
//!
//! As the last expression of the function it would get the types of its arguments from there. As that of
//! the measured body it does not, for what the body returns is not known before it was looked at. So the
//! closure is handed through a function that tells them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Block, Expr, GenericArgument, Ident, Lifetime, Path, PathArguments, ReturnType, Signature,
    Stmt, TraitBound, Type, TypeImplTrait, TypeParamBound,
};

pub(crate) struct ReturnedClosure {
    /// What the body does before.
    pub(crate) before: Vec<Stmt>,
    pub(crate) closure: Expr,
    /// `Fn(&P0) -> P1`
    pub(crate) bound: TokenStream,
    /// What stands for the types in the bound, which a function inside of another cannot name.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) types: Vec<Type>,
    pub(crate) lifetimes: Vec<Lifetime>,
}

/// A type parameter.
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    /// Whether it stands behind a reference, where its type need not be sized.
    pub(crate) is_referred_to: bool,
}

impl ReturnedClosure {
    /// `None` if the function returns none.
    pub(crate) fn find(signature: &Signature, body: &TokenStream) -> Option<Self> {
        let ReturnType::Type(_, returned) = &signature.output else { return None };
        let Type::ImplTrait(TypeImplTrait { bounds, .. }) = &**returned else { return None };
        let mut bound = bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => is_function(&bound.path).then(|| bound.clone()),
            _ => None,
        })?;
        let Block { mut stmts, .. } = syn::parse2(quote!({ #body })).ok()?;
        let last = match stmts.pop()? {
            Stmt::Expr(Expr::Return(returned), _) => *returned.expr?,
            Stmt::Expr(last, None) => last,
            _ => return None,
        };
        if !matches!(last, Expr::Closure(_)) {
            return None;
        }
        let mut abstracted = Abstracted::default();
        abstracted.bound(&mut bound);
        let Abstracted { parameters, types, lifetimes } = abstracted;
        let bound = bound.into_token_stream();
        Some(Self { before: stmts, closure: last, bound, parameters, types, lifetimes })
    }
}

fn is_function(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| {
        matches!(last.arguments, PathArguments::Parenthesized(_))
            && ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name)
    })
}

/// Takes types out of a bound and leaves parameters in their places, but for what has to stay where it
/// is: references, whose lifetimes may belong to the bound.
#[derive(Default)]
struct Abstracted {
    parameters: Vec<Parameter>,
    types: Vec<Type>,
    lifetimes: Vec<Lifetime>,
}

impl Abstracted {
    fn bound(&mut self, bound: &mut TraitBound) {
        let own = bound.lifetimes.iter().flat_map(|all| &all.lifetimes);
        let own: Vec<_> = own.map(|lifetime| lifetime.to_token_stream().to_string()).collect();
        for segment in &mut bound.path.segments {
            if let PathArguments::Parenthesized(arguments) = &mut segment.arguments {
                arguments.inputs.iter_mut().for_each(|input| self.ty(&mut input.ty));
                if let ReturnType::Type(_, output) = &mut arguments.output {
                    self.ty(output);
                }
            }
        }
        self.lifetimes.retain(|lifetime| !own.contains(&lifetime.to_string()));
    }

    fn ty(&mut self, ty: &mut Type) {
        match ty {
            Type::Group(group) => self.ty(&mut group.elem),
            Type::Paren(paren) => self.ty(&mut paren.elem),
            Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|ty| self.ty(ty)),
            Type::Slice(slice) => self.ty(&mut slice.elem),
            Type::Reference(reference) => {
                reference.lifetime.iter().for_each(|lifetime| self.lifetime(lifetime));
                let before = self.parameters.len();
                self.ty(&mut reference.elem);
                if let (Type::Verbatim(_), Some(parameter)) =
                    (&*reference.elem, self.parameters.get_mut(before))
                {
                    parameter.is_referred_to = true;
                }
            }
            Type::Path(path) if path.path.is_ident("str") => {}
            Type::Path(path) if path.qself.is_none() && has_lifetimes(&path.path) => {
                for segment in &mut path.path.segments {
                    let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                        continue;
                    };
                    for argument in &mut arguments.args {
                        match argument {
                            GenericArgument::Lifetime(lifetime) => self.lifetime(lifetime),
                            GenericArgument::Type(ty) => self.ty(ty),
                            _ => {}
                        }
                    }
                }
            }
            _ => {
                let name = format_ident!("__P{}", self.types.len(), span = Span::mixed_site());
                let whole = Type::Verbatim(name.to_token_stream());
                self.types.push(std::mem::replace(ty, whole));
                self.parameters.push(Parameter { name, is_referred_to: false });
            }
        }
    }

    fn lifetime(&mut self, lifetime: &Lifetime) {
        let is_known = lifetime.ident == "_" || lifetime.ident == "static";
        if !is_known && !self.lifetimes.contains(lifetime) {
            self.lifetimes.push(lifetime.clone());
        }
    }
}

/// Whether a path has a lifetime among its arguments, or a reference.
fn has_lifetimes(path: &Path) -> bool {
    path.segments.iter().any(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().any(|argument| match argument {
                GenericArgument::Lifetime(_) | GenericArgument::Type(Type::Reference(_)) => true,
                GenericArgument::Type(Type::Path(inner)) => has_lifetimes(&inner.path),
                _ => false,
            })
        }
        _ => false,
    })
}
