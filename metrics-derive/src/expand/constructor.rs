//! The constructor of a variant's handle.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::documentation;
use crate::expand::names::{Names, at, binding};
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
///     Self::RequestCount { route }.__typed_RequestCount()
/// }
///
/// #[doc(hidden)]
/// #[inline(always)]
/// pub fn __typed_RequestCount<__R: __p::Resolve<__tm::Counter<…>>>(&self) -> __R {
///     match self {
///         Self::RequestCount { route: __l0 } => __p::resolve(&__FAMILY_0, __SHAPE_0, […]),
///         _ => __p::unreachable_variant(),
///     }
/// }
/// ```
///
/// The constructor builds the variant. So a variant that no code records is reported as unused by
/// the compiler. Each variant has a method of its own, in which the optimizer knows the arm that is
/// taken; a method with a match over all variants would not be inlined. The method returns the
/// handle, or the value that `#[timed]` keeps until the outcome is known.
pub(crate) fn constructor(
    metrics: &ValidatedMetrics<'_>,
    name: &Ident,
    metric: &ValidatedMetric,
    names: &Names,
) -> TokenStream {
    let ValidatedMetric { variant, deprecated, .. } = metric;
    let vis = metrics.vis;
    let doc = documentation::constructor(metric);
    let handle_type = types::handle(metric.handle);
    let fields: Vec<_> = metric.labels.iter().map(|label| &label.field).collect();
    let types = metric.labels.iter().map(|label| &label.ty);
    let handle = &names.handle;
    let pattern = pattern(metric);
    let Names { family, shape, .. } = names;
    let parts = parts(metric, shape);
    // Clippy's limit for arguments is seven. The user wrote fields, which clippy does not count.
    let many = (metric.labels.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let other_variants =
        (metrics.metrics.len() > 1).then(|| quote!(_ => __p::unreachable_variant(),));
    quote_spanned! {at(variant)=>
        #[doc = #doc]
        #deprecated
        #many
        #[inline]
        #vis fn #name(#(#fields: #types),*) -> #handle_type {
            Self::#variant { #(#fields),* }.#handle()
        }

        #[doc(hidden)]
        #[inline(always)]
        #vis fn #handle<__R: __p::Resolve<#handle_type>>(&self) -> __R {
            match self {
                #pattern => __p::resolve(&#family, #shape, #parts),
                #other_variants
            }
        }
    }
}

/// Expands to `Self::RequestCount { route: __l0, status_code: __l1 }`.
pub(crate) fn pattern(metric: &ValidatedMetric) -> TokenStream {
    let variant = &metric.variant;
    let fields = metric.labels.iter().map(|label| &label.field);
    let bindings = (0..metric.labels.len()).map(binding);
    quote_spanned!(at(variant)=> Self::#variant { #(#fields: #bindings),* })
}

/// The parts of the series' key, one for each label.
///
/// Expands to `[__p::part(__p::label_type::<&'a str>(), __l0, __SHAPE_0.strides[0], …), …]`.
pub(crate) fn parts(metric: &ValidatedMetric, shape: &Ident) -> TokenStream {
    let parts = metric.labels.iter().enumerate().map(|(index, label)| part(index, label, shape));
    quote!([#(#parts),*])
}

/// Expands to `__p::part(__p::label_type::<&'a str>(), __l0, …)`.
fn part(index: usize, label: &ValidatedLabel, shape: &Ident) -> TokenStream {
    let label_type = types::label_type(&label.ty, label.display);
    let binding = binding(index);
    let value = if label.display { quote!(&__p::Displayed(#binding)) } else { quote!(#binding) };
    quote!(__p::part(#label_type, #value, #shape.strides[#index], &mut __p::Scratch::new()))
}
