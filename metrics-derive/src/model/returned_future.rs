//! A future that is returned by a function that is not `async`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Block, Expr, ExprAsync, GenericArgument, Generics, Lifetime, Path, PathArguments, ReturnType,
    Signature, Stmt, Type, TypeParamBound,
};

use crate::model::mentions::mentions;
use crate::model::returns::Returns;
use crate::model::unbounded::mentions_unbounded;

/// How a function makes the future that it returns.
pub(crate) enum ReturnedFuture {
    /// Its last expression is an async block, and nothing returns earlier.
    Block(Box<LastExpression>),
    /// In any way, bare: `impl Future`.
    Bare,
    /// In any way, behind a pointer. The function makes the pointer; `None` stands for `Box::pin`.
    Pinned(Option<Expr>),
}

/// `async move { … }` or `Box::pin(async move { … })` at the end of a function.
pub(crate) struct LastExpression {
    pub(crate) before: Vec<Stmt>,
    /// `Box::pin`, if it is there.
    pub(crate) function: Option<Expr>,
    pub(crate) block: ExprAsync,
    pub(crate) returns: Returns,
}

impl ReturnedFuture {
    /// `None` if the function returns something else, as far as its text shows, or a future that
    /// cannot be measured. `around` has the generic parameters of the impl block.
    pub(crate) fn find(
        signature: &Signature,
        around: &Generics,
        body: &TokenStream,
    ) -> Option<Self> {
        let ReturnType::Type(_, returned) = &signature.output else { return None };
        let found = match last_expression(returned, body) {
            Some(last) if !last.before.iter().any(returns) => {
                return Some(Self::Block(Box::new(last)));
            }
            Some(LastExpression { function: Some(function), .. }) => Self::Pinned(Some(function)),
            _ => of_type(returned)?,
        };
        let cannot = matches!(found, Self::Pinned(_))
            && is_static_object(returned)
            && mentions_unbounded(returned, [&signature.generics, around]);
        (!cannot).then_some(found)
    }
}

fn returns(statement: &Stmt) -> bool {
    mentions(statement.to_token_stream(), "return")
}

/// The future at the end of a function, as it is written by hand and by `#[async_trait]`.
fn last_expression(returned: &Type, body: &TokenStream) -> Option<LastExpression> {
    let block: Block = syn::parse2(quote!({ #body })).ok()?;
    let mut before = block.stmts;
    let Stmt::Expr(last, None) = before.pop()? else { return None };
    let (function, block) = match last {
        Expr::Async(block) => (None, block),
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let is_pin = path.path.segments.last()?.ident == "pin" && call.args.len() == 1;
            let Some(Expr::Async(block)) = call.args.into_iter().next().filter(|_| is_pin) else {
                return None;
            };
            (Some(*call.func), block)
        }
        _ => return None,
    };
    let returns = match output_of_future(returned.to_token_stream()) {
        Some(output) => Returns::of_type(output),
        None if is_name(returned) => Returns::Type(quote! {
            <#returned as __p::core::future::Future>::Output
        }),
        None => Returns::Unknown,
    };
    Some(LastExpression { before, function, block, returns })
}

/// The traits that the measured future has if the function's own future has them.
const KEPT: [&str; 6] = ["Future", "Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];

fn of_type(returned: &Type) -> Option<ReturnedFuture> {
    match returned {
        Type::Group(group) => of_type(&group.elem),
        Type::Paren(paren) => of_type(&paren.elem),
        Type::ImplTrait(value) => {
            let traits: Vec<_> = value.bounds.iter().filter_map(trait_name).collect();
            let has = |name: &str| traits.iter().any(|one| one == name);
            let is_kept = |one: &String| KEPT.contains(&one.as_str());
            (has("Future") && traits.iter().all(is_kept)).then_some(ReturnedFuture::Bare)
        }
        Type::Path(path) => is_boxed_future(&path.path).then_some(ReturnedFuture::Pinned(None)),
        _ => None,
    }
}

/// Whether it is a name that can stand for any type, as `Self::Future` or an alias does.
fn is_name(returned: &Type) -> bool {
    let Type::Path(path) = returned else { return false };
    let is_opaque = mentions(returned.to_token_stream(), "impl");
    !is_opaque && path.path.segments.last().is_some_and(|last| last.ident != "Pin")
}

/// Whether a boxed future has to be `'static`.
fn is_static_object(returned: &Type) -> bool {
    let Type::Path(path) = returned else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let is_static = |lifetime: &Lifetime| lifetime.ident == "static";
    if let Some(Type::Path(pointer)) = argument(last, "Pin")
        && let Some(last) = pointer.path.segments.last()
        && let Some(Type::TraitObject(object)) = argument(last, "Box")
    {
        return object.bounds.iter().all(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => is_static(lifetime),
            _ => true,
        });
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    match arguments.args.first() {
        Some(GenericArgument::Lifetime(lifetime)) => is_static(lifetime),
        // The alias of the crate `futures` has one type argument, and may leave out its lifetime.
        _ => arguments.args.len() > 1,
    }
}

/// Whether it is `Pin<Box<dyn Future>>`, or an alias for that from the crate `futures`.
fn is_boxed_future(path: &Path) -> bool {
    let Some(last) = path.segments.last() else { return false };
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return true;
    }
    let Some(Type::Path(pointer)) = argument(last, "Pin") else { return false };
    let Some(last) = pointer.path.segments.last() else { return false };
    let Some(Type::TraitObject(object)) = argument(last, "Box") else { return false };
    object.bounds.iter().filter_map(trait_name).any(|name| name == "Future")
}

/// The type argument of a path's segment called `name`.
fn argument<'s>(segment: &'s syn::PathSegment, name: &str) -> Option<&'s Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let Some(GenericArgument::Type(ty)) = arguments.args.first() else { return None };
    (segment.ident == name).then_some(ty)
}

fn trait_name(bound: &TypeParamBound) -> Option<String> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    bound.path.segments.last().map(|segment| segment.ident.to_string())
}

/// The type after `Output =`.
fn output_of_future(tokens: TokenStream) -> Option<Type> {
    let mut rest = tokens.into_iter();
    for token in rest.by_ref() {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = output_of_future(group.stream()) {
                    return Some(found);
                }
            }
            TokenTree::Ident(word) if word == "Output" => break,
            _ => {}
        }
    }
    if !matches!(rest.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=') {
        return None;
    }
    let (mut depth, mut after_minus) = (0_usize, false);
    let mut output = TokenStream::new();
    for token in rest {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !after_minus && depth == 0 => break,
                '>' if !after_minus => depth -= 1,
                ',' | '+' if depth == 0 => break,
                _ => {}
            }
            after_minus = punct.as_char() == '-';
        } else {
            after_minus = false;
        }
        output.extend([token]);
    }
    syn::parse2(output).ok()
}
