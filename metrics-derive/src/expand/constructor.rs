//! The constructors of handles, and the functions that resolve labels.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Generics;

use crate::expand::documentation;
use crate::expand::labels::{parts, scratch};
use crate::expand::names::{Names, at_ident, binding};
use crate::expand::types;
use crate::model::{ValidatedLabel, ValidatedMetric, ValidatedMetrics};

/// Expands to
///
/// ```text
/// /// Number of requests processed.
/// ///
/// /// **counter** `shop.request_count`, values `u64` · unit `{request}` · labels `route`
/// #[inline]
/// pub fn request_count(route: &'a str) -> __tm::Counter<__p::core::primitive::u64> {
///     if false {
///         __p::never_made(Self::RequestCount { route })
///     }
///     Self::__resolve_labels_0(0usize, &route)
/// }
/// ```
///
/// If the labels are a group, the last line has
/// `__p::IntoLabels::handle(&labels, &__FAMILIES[0usize], …)`, which uses what one lookup has
/// found.
///
/// The constructor names the variant. So a variant that no code records is reported as unused by
/// the compiler.
pub(crate) fn constructor(
    metrics: &ValidatedMetrics<'_>,
    name: &Ident,
    metric: &ValidatedMetric,
    names: &Names,
) -> TokenStream {
    let ValidatedMetric { variant, deprecated, .. } = metric;
    let vis = metrics.vis;
    let doc = documentation::constructor(metric);
    let handle_type = types::handle_of(metric, ToTokens::to_token_stream);
    let Names { family, resolve_labels, .. } = names;
    let arguments = metric.labels.iter().map(argument);
    let fields = metric.labels.iter().map(|label| match label {
        // A group is an argument of another type.
        ValidatedLabel { member, group: Some(_), .. } => quote!(#member: __p::never()),
        ValidatedLabel { field, .. } => field.to_token_stream(),
    });
    let state =
        metric.state.iter().map(|ValidatedLabel { member, .. }| quote!(#member: __p::never()));
    let fields = fields.chain(state);
    let resolved = match metric.labels.as_slice() {
        [ValidatedLabel { field, group: Some(_), .. }] => {
            let labels = binding(0);
            quote! {
                __p::IntoLabels::handle(&#field, &__FAMILIES[#family], |#labels| {
                    Self::#resolve_labels(#family, #labels)
                })
            }
        }
        labels => {
            let values = labels.iter().map(|ValidatedLabel { field, group, .. }| match group {
                Some(_) => quote!(__p::IntoLabels::labels(&#field)),
                None => quote!(&#field),
            });
            quote!(Self::#resolve_labels(#family #(, #values)*))
        }
    };
    // Clippy's limit for arguments is seven. The user wrote fields, which clippy does not count.
    let many = (metric.labels.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote_spanned! {at_ident(variant)=>
        #[doc = #doc]
        #deprecated
        #many
        #[inline]
        #vis fn #name(#(#arguments),*) -> #handle_type {
            if false {
                __p::never_made(Self::#variant { #(#fields),* })
            }
            #resolved
        }
    }
}

/// A warning at the second of two labels that a call of the constructor could exchange.
///
/// Expands to
///
/// ```text
/// const _: () = {
///     #[deprecated(note = "…")]
///     const LABELS_OF_ONE_TYPE: () = ();
///     LABELS_OF_ONE_TYPE
/// };
/// ```
///
/// A macro can only warn with the lint for deprecated items.
pub(crate) fn warning(name: &Ident, metric: &ValidatedMetric) -> Option<TokenStream> {
    let (first, second) = metric.swappable?;
    let (first, second) = (metric.labels.get(first)?, metric.labels.get(second)?);
    let kind = metric.kind.as_str();
    let fix = match second.group {
        None => {
            "put them into a struct with `#[derive(LabelGroup)]`, whose fields are named at each \
             use, or give them different types"
        }
        Some(_) => "make them fields of another group, which are named at each use",
    };
    let note = format!(
        "`{first}` and `{second}` have the same type, so a call of `{name}` can exchange them; \
         {fix}, or accept it: `#[{kind}(positional)]`",
        first = first.field,
        second = second.field,
    );
    let used = quote_spanned!(second.field.span()=> LABELS_OF_ONE_TYPE);
    Some(quote! {
        const _: () = {
            #[deprecated(note = #note)]
            const LABELS_OF_ONE_TYPE: () = ();
            #used
        };
    })
}

/// Expands to `route: &'a str`, or, for a group, to `labels: impl __tm::IntoLabels<Route<'a>>`.
fn argument(label: &ValidatedLabel) -> TokenStream {
    let ValidatedLabel { field, ty, group, .. } = label;
    match group {
        Some(_) => quote!(#field: impl __tm::IntoLabels<#ty>),
        None => quote!(#field: #ty),
    }
}

/// Expands to
///
/// ```text
/// #[inline(always)]
/// fn __resolve_labels_0<__R: __p::Resolve>(
///     __family: __p::core::primitive::usize,
///     __l0: &&'a str,
/// ) -> __R {
///     let __family = &__FAMILIES[__family];
///     if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
///         return __R::of(Self::__find_0(__family, __l0));
///     }
///     __p::resolve(
///         __family,
///         [__p::part(__p::label_type::<&'a str>(), __l0, &mut __p::Scratch::new())],
///     )
/// }
///
/// #[inline(never)]
/// fn __find_0(__family: &'static __p::Family, __l0: &&'a str) -> __p::AnySeries {
///     __p::find(__family, […])
/// }
/// ```
///
/// Metrics with equal labels share the functions. The search for open labels is much code, so the
/// program has it once for each list of labels, and not at each place that records.
pub(crate) fn resolve_labels(
    metric: &ValidatedMetric,
    generics: &Generics,
    names: &Names,
) -> TokenStream {
    let Names { labels, resolve_labels, find, .. } = names;
    let arguments: Vec<_> = metric
        .labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let (binding, ty) = (binding(index), &label.ty);
            quote!(#binding: &#ty)
        })
        .collect();
    let bindings = (0..metric.labels.len()).map(binding);
    let labels_of_metric = metric.labels.iter().enumerate();
    let values: Vec<_> = labels_of_metric
        .map(|(index, label)| (label, binding(index), scratch(label, generics)))
        .collect();
    let parts = parts(&values, false);
    // The user wrote the types of fields. Clippy's advice on references to them is not for the
    // user.
    let allow = quote! {
        #[allow(
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::ref_option_ref,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
        )]
    };
    let find_open = (!metric.labels.is_empty()).then(|| {
        quote! {
            if __R::IS_SERIES && const { __p::is_open(#labels) } {
                return __R::of(Self::#find(__family #(, #bindings)*));
            }
        }
    });
    let find = (!metric.labels.is_empty()).then(|| {
        quote! {
            #allow
            #[inline(never)]
            fn #find(__family: &'static __p::Family, #(#arguments),*) -> __p::AnySeries {
                __p::find(__family, #parts)
            }
        }
    });
    quote! {
        #allow
        #[inline(always)]
        fn #resolve_labels<__R: __p::Resolve>(
            __family: __p::core::primitive::usize,
            #(#arguments),*
        ) -> __R {
            let __family = &__FAMILIES[__family];
            #find_open
            __p::resolve(__family, #parts)
        }

        #find
    }
}

/// Expands to `Self::RequestCount { route: __l0, status_code: __l1 }`. The label of a state is left
/// out: `Self::Phase { node: __l0, .. }`.
pub(crate) fn pattern(metric: &ValidatedMetric) -> TokenStream {
    let variant = &metric.variant;
    let fields = metric.labels.iter().map(|label| &label.member);
    let bindings = (0..).map(binding);
    let rest = metric.state.is_some().then(|| quote!(..));
    quote_spanned!(at_ident(variant)=> Self::#variant { #(#fields: #bindings,)* #rest })
}
