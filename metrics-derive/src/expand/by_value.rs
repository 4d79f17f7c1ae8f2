//! Recording by value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use typed_metrics_core::MetricType;

use crate::expand::names::{Names, at};
use crate::expand::types::{handle as handle_type, value_bound};
use crate::model::{HandleType, ValidatedMetrics};

/// Expands to
///
/// ```text
/// /// Records `value` in the series that this variant and its labels name.
/// pub fn record<V: __tm::value::CounterValue<__p::core::primitive::u64>>(self, value: V) {
///     match &self {
///         Self::RequestCount { .. } => self.__typed_RequestCount::<__tm::Counter<…>>().add(value),
///         …
///     }
/// }
/// ```
///
/// or, if the variants have different types of handles, with `V: __tm::value::AnyValue` and arms
/// like `__p::record_any(self.__typed_RequestCount(), value)`. The compiler infers the handle's
/// type there.
pub(crate) fn record(metrics: &ValidatedMetrics<'_>, names: &[Names]) -> TokenStream {
    let vis = metrics.vis;
    let bound = match metrics.shared_handle {
        Some(handle) => value_bound(handle),
        None => quote!(__tm::value::AnyValue),
    };
    let arms = metrics.metrics.iter().zip(names).map(|((_, metric), names)| {
        let variant = &metric.variant;
        let call = call(metrics.shared_handle, names);
        quote_spanned!(at(variant)=> Self::#variant { .. } => #call)
    });
    let doc = documentation(metrics.shared_handle);
    quote! {
        #[doc = #doc]
        #[inline]
        #vis fn record<V: #bound>(self, value: V) {
            match &self {
                #(#arms,)*
            }
        }
    }
}

fn call(shared: Option<HandleType>, names: &Names) -> TokenStream {
    let handle = &names.handle;
    let Some(shared) = shared else {
        return quote!(__p::record_any(self.#handle(), value));
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
    quote!(self.#handle::<#handle_type>().#operation(value))
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
