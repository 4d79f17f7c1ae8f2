//! Recording by value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use crate::expand::constructor::pattern;
use crate::expand::names::{Names, at_ident, binding};
use crate::expand::types::{
    handle as handle_type, handle_of, label_type, value_bound, with_static_lifetimes,
};
use crate::kind::Kind;
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
///     match self {
///         Self::RequestCount { route: __l0 } =>
///             Self::__resolve_labels_0(&__FAMILIES[0usize], __l0),
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
/// The arm of a metric with states ends with the state:
/// `__p::Resolve::in_state(Self::…, __p::StateIndex::of(__p::label_type::<Phase>(), __l1))`. Then
/// `record` resolves to `__p::AnySeriesOrState`.
///
/// `#[timed]` calls the last function, which knows the type of the variant's handle.
pub(crate) fn by_value(metrics: &ValidatedMetrics<'_>, names: &[Names]) -> TokenStream {
    let vis = metrics.vis;
    let bound = match metrics.shared_handle {
        Some(handle) => value_bound(handle),
        None => quote!(__tm::value::AnyValue),
    };
    let has_state = metrics.metrics.iter().any(|(_, metric)| metric.kind.is_state_or_info());
    let record = record(metrics.shared_handle, has_state);
    let doc = documentation(metrics.shared_handle, has_state);
    let arms = metrics.metrics.iter().zip(names).map(|((_, metric), names)| {
        let pattern = pattern(metric);
        let Names { family, resolve_labels, .. } = names;
        let labels = (0..metric.labels.len()).map(binding);
        let resolved = quote_spanned! {at_ident(&metric.variant)=>
            Self::#resolve_labels(&#family #(, #labels)*)
        };
        let resolved = match &metric.state {
            Some(state) => {
                let (value, ty) =
                    (binding(metric.labels.len()), label_type(&state.ty, state.display));
                let value =
                    if state.display { quote!(&__p::Displayed(#value)) } else { quote!(#value) };
                quote!(__p::Resolve::in_state(#resolved, __p::StateIndex::of(#ty, #value)))
            }
            None => resolved,
        };
        quote_spanned!(at_ident(&metric.variant)=> #pattern => #resolved)
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #vis fn record<V: #bound>(self, value: V) {
            #record
        }

        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
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
        let handle = handle_of(metric, |ty| with_static_lifetimes(ty, metrics.generics));
        let variant = &metric.variant;
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

fn record(shared: Option<HandleType>, has_state: bool) -> TokenStream {
    let Some(shared) = shared else {
        let any = if has_state { quote!(AnySeriesOrState) } else { quote!(AnySeries) };
        return quote!(self.__resolve::<__p::#any>().record(value));
    };
    let operation = format_ident!(
        "{}",
        match shared.kind {
            Kind::Gauge => "set",
            Kind::Histogram => "record",
            _ => "add",
        }
    );
    let handle_type = handle_type(shared);
    quote!(self.__resolve::<#handle_type>().#operation(value))
}

fn documentation(shared: Option<HandleType>, has_state: bool) -> &'static str {
    match shared {
        None if has_state => {
            "Records `value` in the series that this variant and its labels name: adds it to a \
             counter, sets a gauge, or puts it into a histogram. 1 makes a state the current one, and \
             sets an info.\n\n\
             The variants differ in what they take, so any number is accepted; one that the metric \
             cannot hold is dropped and counted. The constructors check it while compiling."
        }
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
