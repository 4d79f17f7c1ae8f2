//! A function that is measured.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{
    Attribute, Block, Expr, ExprAsync, FnArg, GenericArgument, Ident, Pat, PathArguments,
    ReturnType, Signature, Stmt, Type,
};

use crate::diagnostics::Diagnostics;
use crate::model::timed::ValidatedTimed;
use crate::parse::{Body, FunctionDeclaration};

/// A function that can be measured.
pub(crate) struct ValidatedFunction<'d> {
    pub(crate) declaration: &'d FunctionDeclaration,
    /// With a name for each argument called `_`.
    pub(crate) signature: Signature,
    pub(crate) body: &'d Body,
    pub(crate) kind: ValidatedBody,
}

/// How the body runs.
pub(crate) enum ValidatedBody {
    /// When the function is called.
    Sync { returns: Returns },
    /// When the function's future is polled.
    Async { returns: Returns },
    /// When the future is polled that the function's last expression makes.
    LastExpression(Box<LastExpression>),
}

/// What the body returns.
pub(crate) enum Returns {
    Never,
    /// With a blank for each `impl Trait`.
    Type(TokenStream),
    Unknown,
}

/// `async move { … }` or `Box::pin(async move { … })` at the end of a function.
pub(crate) struct LastExpression {
    pub(crate) before: Vec<Stmt>,
    /// `Box::pin`, if it is there.
    pub(crate) function: Option<Expr>,
    pub(crate) block: ExprAsync,
    pub(crate) returns: Returns,
}

impl<'d> ValidatedFunction<'d> {
    /// `None` if there was a mistake, which then has been reported.
    pub(crate) fn check(
        cx: &Diagnostics,
        timed: &ValidatedTimed,
        declaration: &'d FunctionDeclaration,
    ) -> Option<Self> {
        let FunctionDeclaration { attributes, signature, body, .. } = declaration;
        if let Some(keyword) = &signature.constness {
            cx.error(
                keyword,
                "a `const fn` may run while compiling, where there is no clock; remove `const`, or \
                 leave it out: in an impl block with `#[timed(skip)]`",
            );
            return None;
        }
        let Some(body) = body else {
            let ident = &signature.ident;
            cx.error(
                ident,
                format_args!(
                    "`{ident}` has no body to measure; put `#[timed]` above its implementations"
                ),
            );
            return None;
        };
        if let Some(attribute) = attributes.iter().find(|a| a.path().is_ident("track_caller")) {
            cx.error(
                attribute,
                "the measured body is a closure, in which `#[track_caller]` has no effect; \
                 remove one of the two, or call a function with `#[timed]` from this one",
            );
            return None;
        }
        let kind = body_kind(signature, body);
        if let (Some(key), ValidatedBody::Sync { .. }) = (&timed.busy, &kind) {
            cx.error(
                key,
                "`busy` adds up the time that polls take, and this function is not polled; \
                 leave it out",
            );
            return None;
        }
        let mut signature = signature.clone();
        if !matches!(kind, ValidatedBody::LastExpression(_)) {
            name_the_unnamed(&mut signature);
        }
        Some(Self { declaration, signature, body, kind })
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.signature.ident
    }

    /// Whether the body changes an argument that it owns.
    pub(crate) fn changes_arguments(&self) -> bool {
        self.signature.inputs.iter().any(|input| match input {
            FnArg::Receiver(receiver) => receiver.mutability.is_some(),
            FnArg::Typed(typed) => {
                let mut tokens = typed.pat.to_token_stream().into_iter();
                tokens.any(|token| matches!(token, TokenTree::Ident(word) if word == "mut"))
            }
        })
    }

    /// The arguments that the body takes over, in the order in which they are dropped: `self`, and
    /// those that it names, or that are kept for their drop alone (`_guard`). An argument that is not
    /// used at all stays outside, so that the compiler goes on saying so.
    pub(crate) fn arguments(&self) -> Vec<(&[Attribute], Ident)> {
        let text = self.body.braces.to_string();
        let mut arguments = Vec::new();
        for input in &self.signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    arguments.push((receiver.attrs.as_slice(), receiver.self_token.into()));
                }
                // References are dropped without anyone noticing.
                FnArg::Typed(typed) if matches!(*typed.ty, Type::Reference(_)) => {}
                FnArg::Typed(typed) => {
                    let mut names = Vec::new();
                    bound_names(&typed.pat, &mut names);
                    let used = names.into_iter().filter(|name| {
                        let name = name.unraw().to_string();
                        name.starts_with('_') || text.contains(&name)
                    });
                    arguments.extend(used.map(|name| (typed.attrs.as_slice(), name)));
                }
            }
        }
        arguments.reverse();
        arguments
    }
}

/// An argument called `_` is dropped among the others all the same, and only with a name can the body
/// take it over.
fn name_the_unnamed(signature: &mut Signature) {
    for (place, input) in signature.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(typed) = input
            && let Pat::Wild(_) = *typed.pat
            && !matches!(*typed.ty, Type::Reference(_))
        {
            let name = Ident::new(&format!("__unnamed_{place}"), Span::mixed_site());
            *typed.pat = Pat::Verbatim(quote!(#name));
        }
    }
}

fn body_kind(signature: &Signature, body: &Body) -> ValidatedBody {
    if signature.asyncness.is_some() {
        return ValidatedBody::Async { returns: returned(&signature.output) };
    }
    match last_expression(signature, body) {
        Some(last) => ValidatedBody::LastExpression(Box::new(last)),
        None => ValidatedBody::Sync { returns: returned(&signature.output) },
    }
}

fn returned(output: &ReturnType) -> Returns {
    match output {
        ReturnType::Default => Returns::Type(quote!(())),
        ReturnType::Type(_, ty) => returns_type((**ty).clone()),
    }
}

fn returns_type(mut ty: Type) -> Returns {
    if matches!(ty, Type::Never(_)) {
        return Returns::Never;
    }
    leave_blanks(&mut ty);
    Returns::Type(ty.into_token_stream())
}

fn leave_blanks(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = Type::Verbatim(quote!(_)),
        Type::Array(array) => leave_blanks(&mut array.elem),
        Type::Group(group) => leave_blanks(&mut group.elem),
        Type::Paren(paren) => leave_blanks(&mut paren.elem),
        Type::Ptr(pointer) => leave_blanks(&mut pointer.elem),
        Type::Reference(reference) => leave_blanks(&mut reference.elem),
        Type::Slice(slice) => leave_blanks(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(leave_blanks),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            leave_blanks(ty);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

/// The future at the end of a function, as people write it, and as `#[async_trait]` does.
fn last_expression(signature: &Signature, body: &Body) -> Option<LastExpression> {
    if matches!(signature.output, ReturnType::Default) {
        return None;
    }
    let block: Block = syn::parse2(body.braces.to_token_stream()).ok()?;
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
    let output = output_of_future(signature.output.to_token_stream());
    let returns = output.map_or(Returns::Unknown, returns_type);
    Some(LastExpression { before, function, block, returns })
}

/// What stands behind `Output =`.
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

/// The names that a pattern binds, in the order of their declaration.
fn bound_names(pattern: &Pat, names: &mut Vec<Ident>) {
    match pattern {
        Pat::Ident(pattern) => {
            // `ref` leaves the argument itself where it is.
            if pattern.by_ref.is_none() {
                names.push(pattern.ident.clone());
            }
            if let Some((_, pattern)) = &pattern.subpat {
                bound_names(pattern, names);
            }
        }
        Pat::Paren(paren) => bound_names(&paren.pat, names),
        Pat::Reference(reference) => bound_names(&reference.pat, names),
        Pat::Slice(slice) => slice.elems.iter().for_each(|pattern| bound_names(pattern, names)),
        Pat::Struct(value) => {
            value.fields.iter().for_each(|field| bound_names(&field.pat, names));
        }
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|pattern| bound_names(pattern, names)),
        Pat::TupleStruct(value) => {
            value.elems.iter().for_each(|pattern| bound_names(pattern, names));
        }
        Pat::Type(typed) => bound_names(&typed.pat, names),
        Pat::Verbatim(name) => names.extend(syn::parse2::<Ident>(name.clone())),
        _ => {}
    }
}
