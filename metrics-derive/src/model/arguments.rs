//! How the measured body takes the function's arguments over.
//!
//! The body becomes a closure or an async block of its own, and still has to drop its arguments in the
//! order in which the function would: the last one first, and what a pattern leaves unbound after what
//! it binds. And what the compiler says of an argument that is not used, or need not be `mut`, has to
//! stay.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Ident, Pat, PatType, Signature, Token, Type, parse_quote};

use crate::model::mentions::mentions;

/// The arguments that the body takes over, in the order of their declaration.
pub(crate) struct Arguments(Vec<Argument>);

pub(crate) struct Argument {
    /// `#[cfg(…)]`
    pub(crate) attributes: Vec<Attribute>,
    /// `#[allow(…)]`, `#[expect(…)]` and the like.
    pub(crate) lints: Vec<Attribute>,
    pub(crate) take: Take,
}

pub(crate) enum Take {
    /// Bound by `match { name } { pattern => … }` around the body, it is dropped and looked at as an
    /// argument is. What is `used` is so by what measures.
    Bind { pattern: TokenStream, name: Ident, used: Option<Ident> },
    /// The block captures it, and drops what it captured in the order in which it came across it.
    Capture(Ident),
    /// As `Capture`; the body does not use it, which the compiler would not see.
    CaptureUnused(Ident),
}

/// What becomes of the arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Into {
    /// What is bound in a closure.
    Closure,
    /// What an async block captures. To bind it would be a second place for each in the future.
    Future,
}

/// What a function's arguments are looked at by, besides the compiler.
pub(crate) struct Seen<'s> {
    pub(crate) body: &'s TokenStream,
    /// Labels, and closures that are options.
    pub(crate) measured: &'s TokenStream,
    /// Whether somebody else looks at the signature, so that its patterns stay.
    pub(crate) by_others: bool,
}

impl Arguments {
    /// Gives names in `signature` to what has none, and says how the body takes it all over.
    pub(crate) fn take_over(signature: &mut Signature, into: Into, seen: &Seen<'_>) -> Self {
        let rest_is_dropped = |input: &FnArg| match input {
            FnArg::Receiver(_) => false,
            FnArg::Typed(typed) => {
                !is_reference(&typed.ty) && !is_wild(&typed.pat) && leaves_some(&typed.pat)
            }
        };
        // What is left of an argument can be dropped between the others only if all are bound.
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
                FnArg::Typed(typed) => take(typed, place, bind, !attributes.is_empty(), seen),
            };
            if let FnArg::Typed(typed) = input
                && takes.iter().any(|take| !matches!(take, Take::Capture(_)))
            {
                // It is fulfilled where the argument is bound now.
                typed.attrs.retain(|attribute| !attribute.path().is_ident("expect"));
            }
            all.extend(takes.into_iter().map(|take| {
                let (attributes, lints) = (attributes.clone(), lints.clone());
                Argument { attributes, lints, take }
            }));
        }
        Self(all)
    }

    /// In the order of declaration.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Argument> {
        self.0.iter()
    }
}

/// How an argument is taken over, which is the one at `place`. Of one that `is_conditional`, only a
/// statement can be left out.
fn take(
    typed: &mut PatType,
    place: usize,
    bind: bool,
    is_conditional: bool,
    seen: &Seen<'_>,
) -> Vec<Take> {
    let is_reference = is_reference(&typed.ty);
    let bind = bind && !is_conditional;
    let mut names = Vec::new();
    bound_names(&typed.pat, &mut names);
    let is_measured = |name: &Ident| mentions(seen.measured.clone(), &name.unraw().to_string());
    let is_whole = is_conditional
        || seen.by_others
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
    // A reference is dropped without anyone noticing.
    let names = names.into_iter().filter(|bound| !is_reference || bind && bound.mutable.is_some());
    let takes = names.map(|Bound { name, mutable }| {
        let text = name.unraw().to_string();
        if bind {
            let used = is_measured(&name).then(|| name.clone());
            Take::Bind { pattern: quote!(#mutable #name), name, used }
        } else if text.starts_with('_') || mentions(seen.body.clone(), &text) || is_measured(&name)
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

/// Whether no value can be bound, as far as the type's name tells.
fn is_uninhabited(input: &FnArg) -> bool {
    let FnArg::Typed(typed) = input else { return false };
    match &*typed.ty {
        Type::Never(_) => true,
        Type::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "Infallible"),
        _ => false,
    }
}

/// Whether a pattern binds its value in part only, or not by moving it.
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

/// The patterns that stand directly in a pattern.
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
        // `ref` leaves the argument itself where it is, and a struct without fields binds nothing.
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
