//! Recording by value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use typed_metrics_core::MetricType;

use crate::expand::constructor::pattern;
use crate::expand::names::{Names, at_ident, binding};
use crate::expand::types::{handle as handle_type, value_bound};
use crate::model::{HandleType, ValidatedMetrics};

/// Expands to
///
/// ```text
/// /// Records `value` in the series that this variant and its labels name.
/// pub fn record<V: __tm::value::CounterValue<__p::core::primitive::u64>>(self, value: V) {
///     self.__resolve::<__tm::Counter<__p::core::primitive::u64>>().add(value)
/// }
///
/// fn __resolve<__R: __p::Resolve>(&self) -> __R {
///     let __family = match self {
///         Self::RequestCount { .. } => 0usize,
///         …
///     };
///     match self {
///         Self::RequestCount { route: __l0 } | … => Self::__resolve_labels_0(__family, __l0),
///         …
///     }
/// }
///
/// pub fn __resolve_as<__H, __R: __p::ResolveAs<__H>>(&self, _: fn(&__Handles) -> __H) -> __R {
///     self.__resolve()
/// }
/// ```
///
/// If the variants have different types of handles, expands to `V: __tm::value::AnyValue` and
/// `self.__resolve::<__p::AnySeries>().record(value)`.
///
/// Variants with equal labels share one arm, which costs much less than an arm for each variant.
///
/// `#[timed]` calls the last function, which knows the type of the variant's handle.
pub(crate) fn by_value(metrics: &ValidatedMetrics<'_>, names: &[Names]) -> TokenStream {
    let vis = metrics.vis;
    let bound = match metrics.shared_handle {
        Some(handle) => value_bound(handle),
        None => quote!(__tm::value::AnyValue),
    };
    let record = record(metrics.shared_handle);
    let doc = documentation(metrics.shared_handle);
    let indices = metrics.metrics.iter().zip(names).map(|((_, metric), names)| {
        let (variant, family) = (&metric.variant, names.family);
        quote_spanned!(at_ident(variant)=> Self::#variant { .. } => #family)
    });
    let lists = metrics.label_lists.first_metrics.iter().enumerate();
    let arms = lists.map(|(list, first)| {
        let of_list = metrics.metrics.iter().zip(&metrics.label_lists.of_metric);
        let patterns =
            of_list.filter(|(_, of)| **of == list).map(|((_, metric), _)| pattern(metric));
        let resolve_labels = &names[*first].resolve_labels;
        let labels = (0..metrics.metrics[*first].1.labels.len()).map(binding);
        quote!(#(#patterns)|* => Self::#resolve_labels(__family #(, #labels)*))
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #vis fn record<V: #bound>(self, value: V) {
            #record
        }

        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                #(#indices,)*
            };
            match self {
                #(#arms,)*
            }
        }

        #[doc(hidden)]
        #[inline]
        #vis fn __resolve_as<__H, __R: __p::ResolveAs<__H>>(
            &self,
            _: fn(&__Handles) -> __H,
        ) -> __R {
            self.__resolve()
        }
    }
}

/// The types of the variants' handles.
///
/// Expands to
///
/// ```text
/// #[allow(dead_code, non_snake_case)]
/// pub struct __Handles {
///     pub RequestCount: __tm::Counter<__p::core::primitive::u64>,
///     …
/// }
/// ```
pub(crate) fn handles(metrics: &ValidatedMetrics<'_>) -> TokenStream {
    let handles = metrics.metrics.iter().map(|(_, metric)| {
        let (variant, handle) = (&metric.variant, handle_type(metric.handle));
        quote_spanned!(at_ident(variant)=> pub #variant: #handle)
    });
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_snake_case)]
        pub struct __Handles {
            #(#handles,)*
        }
    }
}

fn record(shared: Option<HandleType>) -> TokenStream {
    let Some(shared) = shared else {
        return quote!(self.__resolve::<__p::AnySeries>().record(value));
    };
    let operation = format_ident!(
        "{}",
        match shared.kind {
            MetricType::Gauge => "set",
            MetricType::Histogram => "record",
            _ => "add",
        }
    );
    let handle_type = handle_type(shared);
    quote!(self.__resolve::<#handle_type>().#operation(value))
}

fn documentation(shared: Option<HandleType>) -> &'static str {
    match shared {
        Some(_) => {
            "Records `value` in the series that this variant and its labels name: adds it to a \
             counter, sets a gauge, or puts it into a histogram."
        }
        None => {
            "Records `value` in the series that this variant and its labels name: adds it to a \
             counter, sets a gauge, or puts it into a histogram.\n\n\
             The variants differ in what they take, so any number is accepted; one that the metric \
             cannot hold is dropped and counted. The constructors check it while compiling."
        }
    }
}
