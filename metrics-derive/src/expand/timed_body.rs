//! The body of a function that is measured, where it runs now.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, quote};

use crate::expand::meter::Paths;
use crate::expand::timed::local;
use crate::model::{Argument, Parameter, ReturnedClosure, Take, ValidatedFunction};

/// The function's body, with the arguments that it takes over.
///
/// Expands to `match { first } { first => match { second } { second => { … } } }` for a closure: what an
/// arm binds lives, as an argument does, longer than all that the body makes. For an async block, which
/// drops what it captured as it came across it, to `let _ = &second; let _ = &first; …`.
pub(crate) fn body_of(function: &ValidatedFunction<'_>, paths: &Paths) -> TokenStream {
    let statements = statements(function, paths);
    let Some(arguments) = &function.arguments else { return statements };
    let captured = arguments.iter().rev().map(|Argument { attributes, take }| {
        let (name, unused) = match take {
            Take::Capture(name) => (name, None),
            // Says that the argument is not used, where it stands.
            Take::CaptureUnused(name) => (name, Some(quote!({ let #name = (); }))),
            Take::Bind { .. } => return TokenStream::new(),
        };
        quote! {
            #[allow(clippy::used_underscore_binding)]
            #(#attributes)*
            let _ = &#name;
            #(#attributes)*
            #unused
        }
    });
    let captured: TokenStream = captured.collect();
    let mut is_bound = false;
    let body = arguments.iter().rev().fold(statements, |body, Argument { attributes, take }| {
        let Take::Bind { pattern, name } = take else { return body };
        // The innermost has the user's braces.
        let body = if std::mem::replace(&mut is_bound, true) {
            body
        } else {
            braced(&function.body.braces, body)
        };
        quote!(match { #name } { #(#attributes)* #pattern => #body })
    });
    quote!(#captured #body)
}

/// The body's statements. A closure at the end is handed through a function that tells its type.
fn statements(function: &ValidatedFunction<'_>, paths: &Paths) -> TokenStream {
    let Some(returned) = &function.closure else {
        return function.body.statements.clone();
    };
    let ReturnedClosure { before, closure, bound, parameters, types, lifetimes } = returned;
    let private = &paths.private;
    let typed = local("__typed");
    let parameters = parameters.iter().map(|Parameter { name, is_referred_to }| {
        let unsized_too = is_referred_to.then(|| quote!(: ?#private::core::marker::Sized));
        quote!(#name #unsized_too)
    });
    quote! {
        #(#before)*
        #[inline(always)]
        fn #typed<
            #(#lifetimes,)*
            #(#parameters,)*
            __R: #bound
        >(closure: __R) -> __R {
            closure
        }
        #typed::<#(#types,)* _>(#closure)
    }
}

/// The compiler does not see that a captured argument is read once more, when it is dropped, and
/// would warn of `self.armed = false;` in a method that takes `mut self`.
pub(crate) fn allow(function: &ValidatedFunction<'_>) -> Option<TokenStream> {
    let ValidatedFunction { arguments, signature, .. } = function;
    let changes = arguments.as_ref()?.captures_changed(signature);
    changes.then(|| quote!(#[allow(unused_assignments)]))
}

/// `tokens` in the braces that the user wrote.
pub(crate) fn braced(braces: &Group, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, tokens);
    group.set_span(braces.span());
    group.to_token_stream()
}
