//! Recording by value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use crate::expand::constructor::pattern;
use crate::expand::names::{Names, at_ident, binding};
use crate::expand::types::{
    handle as handle_type, handle_of, label_type, value_bound, with_static_lifetimes,
};
use crate::kind::Kind;
use crate::model::{HandleType, ValidatedMetric, ValidatedMetrics};

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
/// Variants with equal labels share one arm, which costs much less than an arm for each variant. A
/// metric with states has an arm of its own, which ends with the state:
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
    let indices = metrics.metrics.iter().zip(names).map(|((_, metric), names)| {
        let (variant, family) = (&metric.variant, names.family);
        quote_spanned!(at_ident(variant)=> Self::#variant { .. } => #family)
    });
    let lists = metrics.label_lists.first_metrics.iter().enumerate();
    let arms = lists.filter_map(|(list, first)| {
        let of_list = metrics.metrics.iter().zip(&metrics.label_lists.of_metric);
        let patterns: Vec<_> = of_list
            .filter(|((_, metric), of)| **of == list && metric.state.is_none())
            .map(|((_, metric), _)| pattern(metric))
            .collect();
        let resolved = resolved(&metrics.metrics[*first].1, &names[*first]);
        (!patterns.is_empty()).then(|| quote!(#(#patterns)|* => #resolved))
    });
    let states = metrics.metrics.iter().zip(names).filter_map(|((_, metric), names)| {
        let state = metric.state.as_ref()?;
        let (pattern, resolved) = (pattern(metric), resolved(metric, names));
        let (value, ty) = (binding(metric.labels.len()), label_type(&state.ty, state.display));
        let value = if state.display { quote!(&__p::Displayed(#value)) } else { quote!(#value) };
        Some(quote_spanned! {at_ident(&metric.variant)=>
            #pattern => __p::Resolve::in_state(#resolved, __p::StateIndex::of(#ty, #value))
        })
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
                #(#states,)*
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

/// The series of the labels that a pattern binds.
fn resolved(metric: &ValidatedMetric, names: &Names) -> TokenStream {
    let resolve_labels = &names.resolve_labels;
    let labels = (0..metric.labels.len()).map(binding);
    quote!(Self::#resolve_labels(__family #(, #labels)*))
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
