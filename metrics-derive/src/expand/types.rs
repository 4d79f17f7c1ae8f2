//! Types and paths of the expansion.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericArgument, Generics, PathArguments, Type, TypePath, parse2};
use typed_metrics_core::{MetricType, ValueType};

use crate::expand::names::at;
use crate::kind::Kind;
use crate::model::{HandleType, ValidatedMetric};

/// The type of a handle.
///
/// Expands to `__tm::Counter<__p::core::primitive::u64>`,
/// `__tm::Histogram<__tm::unit::Milliseconds>` and so on.
pub(crate) fn handle(handle: HandleType) -> TokenStream {
    if handle.kind == Kind::Info {
        return quote!(__tm::Info);
    }
    let kind = metric_type(handle.kind.metric_type());
    let parameters = parameters(handle);
    quote!(__tm::#kind<#parameters>)
}

/// The type of a metric's handle: see [`handle`]. That of a state is `__tm::State<Phase>`.
pub(crate) fn handle_of(
    metric: &ValidatedMetric,
    ty: impl FnOnce(&Type) -> TokenStream,
) -> TokenStream {
    match &metric.state {
        Some(state) => {
            let ty = ty(&state.ty);
            quote!(__tm::State<#ty>)
        }
        None => handle(metric.handle),
    }
}

/// The bound on the value that `record` takes for a kind of handle: `__tm::value::CounterValue<…>`
/// and so on.
pub(crate) fn value_bound(handle: HandleType) -> TokenStream {
    let bound = format_ident!(
        "{}",
        match handle.kind {
            Kind::Counter => "CounterValue",
            Kind::UpDownCounter => "UpDownValue",
            Kind::Gauge => "GaugeValue",
            Kind::Histogram => "HistogramValue",
            Kind::State | Kind::Info => unreachable!("no number is recorded in it"),
        }
    );
    let parameters = parameters(handle);
    quote!(__tm::value::#bound<#parameters>)
}

/// The type of the values and the unit, in the order of core's handles. A last parameter that has
/// its default is left out: `f64` of histograms, and a unit that is not one of time.
fn parameters(handle: HandleType) -> TokenStream {
    let primitive = format_ident!("{}", handle.value_type.as_str());
    let value = quote!(__p::core::primitive::#primitive);
    let time =
        handle.time.map(|unit| format_ident!("{unit}")).map(|unit| quote!(__tm::unit::#unit));
    match (handle.kind, handle.value_type, time) {
        (Kind::Histogram, value_type, time) => {
            let unit = time.unwrap_or_else(|| quote!(__tm::unit::NotTime));
            if value_type == ValueType::F64 { unit } else { quote!(#unit, #value) }
        }
        (_, _, Some(unit)) => quote!(#value, #unit),
        (_, _, None) => value,
    }
}

/// The variant of core's `MetricType`, which is also the name of most handles' types.
fn metric_type(kind: MetricType) -> Ident {
    format_ident!("{kind:?}")
}

/// The variant of core's `ValueType`.
pub(crate) fn value_type(value_type: ValueType) -> Ident {
    format_ident!("{value_type:?}")
}

/// The label type of a type. It is the only code that requires the type to be a label. All of its
/// tokens have the span of the type and every copy gives the same error, so the compiler reports it
/// once.
///
/// Expands to `__p::label_type::<&'a str>()`, to `__p::label_type::<__p::Displayed<'_, IpAddr>>()`
/// or, for an `Option` that is displayed, to `__p::displayed_option::<IpAddr>()`.
pub(crate) fn label_type(ty: &impl ToTokens, display: bool) -> TokenStream {
    if !display {
        return quote_spanned!(at(ty)=> __p::label_type::<#ty>());
    }
    match optional(ty) {
        Some(inner) => quote_spanned!(at(ty)=> __p::displayed_option::<#inner>()),
        None => quote_spanned!(at(ty)=> __p::label_type::<__p::Displayed<'_, #ty>>()),
    }
}

/// The function that makes the part of a label that is written with `Display`.
pub(crate) fn displayed_part(ty: &impl ToTokens) -> TokenStream {
    match optional(ty) {
        Some(inner) => quote_spanned!(at(ty)=> __p::displayed_option_part::<#inner>),
        None => quote_spanned!(at(ty)=> __p::displayed_part::<#ty>),
    }
}

/// The `T` of an `Option<T>`, as far as the name tells.
fn optional(ty: &impl ToTokens) -> Option<Type> {
    let ty = parse2(ty.to_token_stream()).ok()?;
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let last = path.segments.into_iter().next_back().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = last.arguments else { return None };
    match arguments.args.into_iter().next()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// `ty` with `'static` in place of the lifetimes of `generics`, because a const has no lifetimes.
///
/// The function works on tokens, so that it finds lifetimes everywhere in a type, also in macros.
pub(crate) fn with_static_lifetimes(ty: &impl ToTokens, generics: &Generics) -> TokenStream {
    let own: Vec<_> = generics.lifetimes().map(|param| &param.lifetime.ident).collect();
    replace(ty.to_token_stream(), &own)
}

fn replace(tokens: TokenStream, own: &[&Ident]) -> TokenStream {
    let mut after_tick = false;
    let replaced = tokens.into_iter().map(|token| {
        let is_lifetime = std::mem::take(&mut after_tick);
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), own));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            TokenTree::Ident(name) if is_lifetime && own.contains(&&name) => {
                TokenTree::Ident(Ident::new("static", name.span()))
            }
            TokenTree::Punct(punct) => {
                after_tick = punct.as_char() == '\'';
                TokenTree::Punct(punct)
            }
            other => other,
        }
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn only_the_enums_own_lifetimes_become_static() {
        let generics: Generics = parse_quote!(<'a, 'b: 'a>);
        let ty: syn::Type = parse_quote!(Either<&'a str, (for<'c> fn(&'c str) -> a, [Cow<'b, b>])>);
        let expected: syn::Type =
            parse_quote!(Either<&'static str, (for<'c> fn(&'c str) -> a, [Cow<'static, b>])>);
        assert_eq!(
            with_static_lifetimes(&ty, &generics).to_string(),
            expected.to_token_stream().to_string()
        );
    }
}
