//! Writes the tokens of a valid declaration. Nothing here can fail.
//!
//! The expansion of a derive is one `const _: () = { … };`, so the user's code does not see the
//! names of its helpers. `__tm` is the facade, and `__p` is the facade's `__private`. Every other
//! item is named through these two, because the user may have no prelude or another prelude.

mod also;
mod by_value;
mod call_recorder;
mod constants;
mod constructor;
mod definition;
mod documentation;
mod facade;
mod label_group;
mod label_type;
mod labels;
mod metrics;
mod names;
mod stub;
mod timed;
mod timed_body;
mod timed_statics;
mod types;
mod variant_operations;

#[cfg(test)]
pub(crate) use facade::{Macro, hint};

use proc_macro2::TokenStream;
use syn::{DeriveInput, Generics};

use crate::diagnostics::Diagnostics;
use crate::model::{
    ValidatedFunction, ValidatedGroup, ValidatedLabelType, ValidatedMetrics, ValidatedTimed,
    check_metrics,
};
use crate::parse::{
    FunctionDeclaration, GroupDeclaration, ImplMember, LabelDeclaration, MetricsDeclaration,
    TimedArguments, TimedItem,
};

/// `#[derive(Metrics)]`.
pub(crate) fn derive_metrics(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let cx = Diagnostics::new();
    let declaration = MetricsDeclaration::parse(&cx, input);
    let variants = check_metrics(&cx, &declaration);
    match cx.finish() {
        Err(errors) => {
            let stub = stub::metrics(&declaration, &variants);
            quote::quote!(#errors #stub)
        }
        Ok(()) => ValidatedMetrics::new(&declaration, variants)
            .map(|metrics| {
                let copies = also::copies(&declaration);
                let metrics = metrics::expand(&metrics);
                quote::quote!(#metrics #copies)
            })
            .unwrap_or_default(),
    }
}

/// `#[derive(Label)]`.
pub(crate) fn derive_label(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let cx = Diagnostics::new();
    let declaration = LabelDeclaration::parse(&cx, input);
    let label = ValidatedLabelType::check(&cx, &declaration);
    match cx.finish() {
        Err(errors) => {
            let stub = stub::label(&declaration);
            quote::quote!(#errors #stub)
        }
        Ok(()) => label.map(|label| label_type::expand(&label)).unwrap_or_default(),
    }
}

/// `#[derive(LabelGroup)]`.
pub(crate) fn derive_label_group(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let cx = Diagnostics::new();
    let declaration = GroupDeclaration::parse(&cx, input);
    let group = ValidatedGroup::check(&cx, &declaration);
    match cx.finish() {
        Err(errors) => {
            let stub = stub::label_group(&declaration);
            quote::quote!(#errors #stub)
        }
        Ok(()) => group.map(|group| label_group::expand(&group)).unwrap_or_default(),
    }
}

/// `#[timed]`.
pub(crate) fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let cx = Diagnostics::new();
    let arguments = TimedArguments::parse(&cx, arguments);
    let parsed = TimedItem::parse(&cx, item.clone());
    let timed = arguments.and_then(|arguments| ValidatedTimed::check(&cx, arguments));
    let expanded = timed.zip(parsed).map(|(timed, parsed)| match parsed {
        TimedItem::Function(function) => {
            timed_function(&cx, &timed, &Generics::default(), &function)
        }
        TimedItem::Impl(block) => {
            let around = block.generics();
            let members = block.members.iter().map(|member| match member {
                ImplMember::Timed(function) => timed_function(&cx, &timed, &around, function),
                ImplMember::Other(tokens) => tokens.clone(),
            });
            block.around(members.collect())
        }
    });
    match (cx.finish(), expanded) {
        (Ok(()), Some(expanded)) => expanded,
        // The function itself stays, so that calls of it are not reported as well.
        (Err(errors), _) => quote::quote!(#errors #item),
        (Ok(()), None) => item,
    }
}

/// A function with the code that measures it.
fn timed_function(
    cx: &Diagnostics,
    timed: &ValidatedTimed,
    around: &Generics,
    function: &FunctionDeclaration,
) -> TokenStream {
    ValidatedFunction::check(cx, timed, around, function)
        .map(|function| timed::expand(timed, &function))
        .unwrap_or_default()
}
