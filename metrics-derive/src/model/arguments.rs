//! How the measured body takes the function's arguments over.
//!
//! The body becomes a closure or an async block. It must still drop the arguments in the order in
//! which the function would: the last argument first, and the parts that a pattern does not bind
//! after the parts that it binds. The compiler must still report an argument that is not used, or
//! that need not be `mut`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, Ident, Pat, PatType, ReceiverKind, Signature, Token, Type, parse_quote,
};

use crate::model::mentions::mentions;

/// The arguments that the body takes over, in the order of their declaration.
pub(crate) struct Arguments(Vec<Argument>);

pub(crate) struct Argument {
    /// `#[cfg(…)]`
    pub(crate) attributes: Vec<Attribute>,
    /// `#[allow(…)]`, `#[expect(…)]` and the like.
    pub(crate) lints: Vec<Attribute>,
    pub(crate) take: Take,
    pub(crate) is_borrowed_self: bool,
}

pub(crate) enum Take {
    /// `match { name } { pattern => … }` around the body binds it. So it is dropped, and checked by
    /// lints, as an argument is. `used` is an argument that label expressions read; the expansion
    /// marks it used to avoid a lint.
    Bind { pattern: TokenStream, name: Ident, used: Option<Ident> },
    /// The block captures it. A block drops its captures in the order in which it mentions them.
    Capture(Ident),
    /// As `Capture`, for an argument that the body does not use. The capture hides that from the
    /// compiler, so the expansion has to show it.
    CaptureUnused(Ident),
}

/// What takes the arguments over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Into {
    /// A closure, which binds them.
    Closure,
    /// An async block, which captures them. If it bound them, the future would hold each argument
    /// twice.
    Future,
}

/// The code that reads a function's arguments.
pub(crate) struct Readers<'s> {
    pub(crate) body: &'s TokenStream,
    /// The labels, and the closures of options.
    pub(crate) measured: &'s TokenStream,
    /// Whether another macro may read the signature, so that its patterns have to stay.
    pub(crate) other_macros: bool,
}

impl Arguments {
    /// Gives names in `signature` to arguments that have none, and decides how the body takes each
    /// over.
    pub(crate) fn take_over(signature: &mut Signature, into: Into, readers: &Readers<'_>) -> Self {
        let rest_is_dropped = |input: &FnArg| match input {
            FnArg::Receiver(_) => false,
            FnArg::Typed(typed) => {
                !is_reference(&typed.ty) && !is_wild(&typed.pat) && leaves_some(&typed.pat)
            }
        };
        // The unbound rest of an argument can be dropped between the others only if all are bound.
        let bind = into == Into::Closure || signature.inputs.iter().any(rest_is_dropped);
        let mut all = Vec::new();
        for (place, input) in signature.inputs.iter_mut().enumerate() {
            let attributes = attributes_of(input, &["cfg"]);
            let mut lints = attributes_of(input, &["allow", "expect", "warn", "deny", "forbid"]);
            if is_uninhabited(input) {
                lints.push(parse_quote!(#[allow(unreachable_patterns)]));
            }
            let takes = match input {
                FnArg::Receiver(receiver) => vec![Take::Capture(receiver.self_token.into())],
                FnArg::Typed(typed) => take(typed, place, bind, !attributes.is_empty(), readers),
            };
            if let FnArg::Typed(typed) = input
                && takes.iter().any(|take| !matches!(take, Take::Capture(_)))
            {
                // The lint is triggered, and so the expectation fulfilled, where the argument is
                // bound now.
                typed.attrs.retain(|attribute| !attribute.path().is_ident("expect"));
            }
            let is_borrowed_self = match input {
                FnArg::Receiver(receiver) => match &receiver.kind {
                    ReceiverKind::Reference(..) => true,
                    ReceiverKind::Typed(_, ty) => is_reference(ty),
                    _ => false,
                },
                FnArg::Typed(_) => false,
            };
            all.extend(takes.into_iter().map(|take| {
                let (attributes, lints) = (attributes.clone(), lints.clone());
                Argument { attributes, lints, take, is_borrowed_self }
            }));
        }
        Self(all)
    }

    /// Whether no argument has to be captured, except a reference to `self`.
    pub(crate) fn can_stay(&self) -> bool {
        self.0.iter().all(|argument| match argument.take {
            Take::Bind { .. } => true,
            Take::Capture(_) | Take::CaptureUnused(_) => argument.is_borrowed_self,
        })
    }

    /// In the order of declaration.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Argument> {
        self.0.iter()
    }
}

/// How the argument at `place` is taken over. An argument that `is_conditional` has a `#[cfg]`,
/// which can be put on a statement but not on a `match`.
fn take(
    typed: &mut PatType,
    place: usize,
    bind: bool,
    is_conditional: bool,
    readers: &Readers<'_>,
) -> Vec<Take> {
    let is_reference = is_reference(&typed.ty);
    let bind = bind && !is_conditional;
    let mut names = Vec::new();
    bound_names(&typed.pat, &mut names);
    let is_measured = |name: &Ident| mentions(readers.measured.clone(), &name.unraw().to_string());
    let is_whole = is_conditional
        || readers.other_macros
        || !is_wild(&typed.pat)
            && (is_reference
                || !leaves_some(&typed.pat)
                || names.iter().any(|bound| is_measured(&bound.name)));
    if !is_whole {
        if is_reference {
            return Vec::new();
        }
        let name = Ident::new(&format!("__argument_{place}"), Span::mixed_site());
        let pattern = std::mem::replace(&mut *typed.pat, verbatim(&name));
        return vec![if is_wild(&pattern) && !bind {
            Take::Capture(name)
        } else {
            Take::Bind { pattern: pattern.into_token_stream(), name, used: None }
        }];
    }
    if bind {
        without_mut(&mut typed.pat);
    }
    // The drop of a reference has no effect, so its order does not matter.
    let names = names.into_iter().filter(|bound| !is_reference || bind && bound.mutable.is_some());
    let takes = names.map(|Bound { name, mutable }| {
        let text = name.unraw().to_string();
        if bind {
            let used = is_measured(&name).then(|| name.clone());
            Take::Bind { pattern: quote!(#mutable #name), name, used }
        } else if text.starts_with('_')
            || mentions(readers.body.clone(), &text)
            || is_measured(&name)
        {
            Take::Capture(name)
        } else {
            Take::CaptureUnused(name)
        }
    });
    takes.collect()
}

fn attributes_of(input: &FnArg, names: &[&str]) -> Vec<Attribute> {
    let attributes = match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    };
    let is_named = |attribute: &&Attribute| names.iter().any(|n| attribute.path().is_ident(n));
    attributes.iter().filter(is_named).cloned().collect()
}

struct Bound {
    name: Ident,
    mutable: Option<Token![mut]>,
}

fn verbatim(name: &Ident) -> Pat {
    Pat::Verbatim(name.to_token_stream())
}

fn is_wild(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Wild(_))
}

fn is_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) => true,
        Type::Group(group) => is_reference(&group.elem),
        Type::Paren(paren) => is_reference(&paren.elem),
        _ => false,
    }
}

/// Whether the type has no values, as far as its name shows.
fn is_uninhabited(input: &FnArg) -> bool {
    let FnArg::Typed(typed) = input else { return false };
    match &*typed.ty {
        Type::Never(_) => true,
        Type::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "Infallible"),
        _ => false,
    }
}

/// Whether a pattern leaves a part of its value unbound, or binds a part by reference.
fn leaves_some(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(name) => name.by_ref.is_some() || name.subpat.is_some(),
        Pat::Paren(paren) => leaves_some(&paren.pat),
        Pat::Reference(reference) => leaves_some(&reference.pat),
        Pat::Slice(slice) => slice.elems.iter().any(leaves_some),
        Pat::Struct(value) => {
            value.rest.is_some() || value.fields.iter().any(|field| leaves_some(&field.pat))
        }
        Pat::Tuple(tuple) => tuple.elems.iter().any(leaves_some),
        Pat::TupleStruct(value) => value.elems.iter().any(leaves_some),
        Pat::Type(typed) => leaves_some(&typed.pat),
        _ => true,
    }
}

fn is_type(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// The patterns directly inside a pattern.
fn inside(pattern: &mut Pat) -> Vec<&mut Pat> {
    match pattern {
        Pat::Ident(name) => name.subpat.iter_mut().map(|(_, pattern)| &mut **pattern).collect(),
        Pat::Paren(paren) => vec![&mut paren.pat],
        Pat::Reference(reference) => vec![&mut reference.pat],
        Pat::Slice(slice) => slice.elems.iter_mut().collect(),
        Pat::Struct(value) => value.fields.iter_mut().map(|field| &mut *field.pat).collect(),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().collect(),
        Pat::TupleStruct(value) => value.elems.iter_mut().collect(),
        Pat::Type(typed) => vec![&mut typed.pat],
        _ => Vec::new(),
    }
}

/// The names that a pattern binds, in the order of their declaration.
fn bound_names(pattern: &Pat, names: &mut Vec<Bound>) {
    match pattern {
        // `ref` does not move the argument, and the name of a unit struct binds nothing.
        Pat::Ident(name) if name.by_ref.is_none() && !is_type(&name.ident) => {
            names.push(Bound { name: name.ident.clone(), mutable: name.mutability });
        }
        _ => {}
    }
    inside(&mut pattern.clone()).iter().for_each(|pattern| bound_names(pattern, names));
}

fn without_mut(pattern: &mut Pat) {
    if let Pat::Ident(name) = pattern
        && name.by_ref.is_none()
    {
        name.mutability = None;
    }
    inside(pattern).into_iter().for_each(without_mut);
}
