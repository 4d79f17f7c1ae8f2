//! `#[derive(Metrics)]` of a valid enum.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::expand::facade::{Macro, imports};
use crate::expand::names::{Names, at};
use crate::expand::{by_value, constructor, definition, variant_operations};
use crate::model::ValidatedMetrics;

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     const __DEFINITION_0: … // and the rest of each metric, see `definition`
///     impl<'a> ShopMetrics<'a> { … } // see `constructor` and `by_value`
///     impl<'a> ShopMetrics<'a> where … { … } // see `variant_operations`
///     impl<'a> __tm::Metrics for ShopMetrics<'a> { … }
/// };
/// ```
pub(crate) fn expand(metrics: &ValidatedMetrics<'_>) -> TokenStream {
    let ident = metrics.ident;
    let imports = imports(&metrics.facade, Macro::Metrics);
    let (impl_generics, type_generics, where_clause) = metrics.generics.split_for_impl();
    let names: Vec<Names> = metrics
        .metrics
        .iter()
        .enumerate()
        .map(|(index, (_, metric))| Names::new(index, &metric.variant))
        .collect();
    let each = || metrics.metrics.iter().zip(&names);
    let definitions =
        each().map(|((_, metric), names)| definition::definition(metrics, metric, names));
    let constructors = each()
        .map(|((name, metric), names)| constructor::constructor(metrics, name, metric, names));
    let record = by_value::record(metrics, &names);
    let variant_operations = variant_operations::refuse(metrics);
    let trait_items = trait_items(metrics, &names);
    // A deprecated variant is reported where the user's code uses it, not at its declaration.
    let allow = metrics
        .metrics
        .iter()
        .any(|(_, metric)| metric.deprecated.is_some())
        .then(|| quote!(#[allow(deprecated)]));
    quote! {
        #allow
        const _: () = {
            #imports
            #(#definitions)*
            impl #impl_generics #ident #type_generics #where_clause {
                #(#constructors)*
                #record
            }
            #variant_operations
            impl #impl_generics __tm::Metrics for #ident #type_generics #where_clause {
                #trait_items
            }
        };
    }
}

/// Expands to
///
/// ```text
/// fn descriptors() -> &'static [&'static __p::Descriptor] {
///     static DESCRIPTORS: [&__p::Descriptor; 1] = [&__DESCRIPTOR_0];
///     &DESCRIPTORS
/// }
/// fn __series(&self) -> __p::SeriesKey {
///     match self {
///         Self::RequestCount { route: __l0 } => __p::series_key(&__FAMILY_0, __SHAPE_0, […]),
///         …
///     }
/// }
/// ```
fn trait_items(metrics: &ValidatedMetrics<'_>, names: &[Names]) -> TokenStream {
    let count = names.len();
    let descriptors = names.iter().map(|names| &names.descriptor);
    let arms = metrics.metrics.iter().zip(names).map(|((_, metric), names)| {
        let Names { family, shape, .. } = names;
        let pattern = constructor::pattern(metric);
        let parts = constructor::parts(metric, shape);
        quote_spanned!(at(&metric.variant)=> #pattern => __p::series_key(&#family, #parts))
    });
    quote! {
        fn descriptors() -> &'static [&'static __p::Descriptor] {
            static DESCRIPTORS: [&__p::Descriptor; #count] = [#(&#descriptors),*];
            &DESCRIPTORS
        }

        #[doc(hidden)]
        fn __series(&self) -> __p::SeriesKey {
            match self {
                #(#arms,)*
            }
        }
    }
}
