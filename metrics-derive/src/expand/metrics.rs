//! `#[derive(Metrics)]` of a valid enum.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::facade::{Macro, imports};
use crate::expand::names::Names;
use crate::expand::{by_value, constructor, definition, variant_operations};
use crate::model::ValidatedMetrics;

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     static __FAMILIES: … // and so on, see `definition`
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
        .label_lists
        .of_metric
        .iter()
        .enumerate()
        .map(|(index, labels)| Names::new(index, *labels))
        .collect();
    let each = || metrics.metrics.iter().zip(&names);
    let families = definition::families(metrics, &names);
    let constructors = each()
        .map(|((name, metric), names)| constructor::constructor(metrics, name, metric, names));
    let first_metrics = metrics.label_lists.first_metrics.iter();
    let resolve_labels = first_metrics.map(|index| {
        constructor::resolve_labels(&metrics.metrics[*index].1, metrics.generics, &names[*index])
    });
    let warnings =
        metrics.metrics.iter().filter_map(|(name, metric)| constructor::warning(name, metric));
    let by_value = by_value::by_value(metrics, &names);
    let handles = by_value::handles(metrics);
    let variant_operations = variant_operations::refuse(metrics);
    // A deprecated variant is reported where the user's code uses it, not at its declaration.
    let allow = metrics
        .metrics
        .iter()
        .any(|(_, metric)| metric.deprecated.is_some())
        .then(|| quote!(#[allow(deprecated)]));
    quote! {
        #(#warnings)*
        #allow
        const _: () = {
            #imports
            #families
            #handles
            impl #impl_generics #ident #type_generics #where_clause {
                #(#constructors)*
                #(#resolve_labels)*
                #by_value
            }
            #variant_operations
            impl #impl_generics __tm::Metrics for #ident #type_generics #where_clause {
                fn __families() -> &'static [__p::Family] {
                    &__FAMILIES
                }

                fn __series(&self) -> __p::SeriesKey {
                    self.__resolve()
                }
            }
        };
    }
}
