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
/// If a metric has states, the result gets its state: see [`in_state`]. Then `record` resolves to
/// `__p::AnySeriesOrState`.
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
    let has_state = metrics.metrics.iter().any(|(_, metric)| metric.kind.is_state_or_info());
    let record = record(metrics.shared_handle, has_state);
    let doc = documentation(metrics.shared_handle, has_state);
    let in_state = in_state(metrics);
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
    let resolved = quote! {
        match self {
            #(#arms,)*
        }
    };
    let resolved = match in_state {
        Some(in_state) => quote! {
            let __resolved: __R = #resolved;
            #in_state
        },
        None => resolved,
    };
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
            #resolved
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

/// The value for the state of a metric, if a metric has states.
///
/// Expands to
///
/// ```text
/// match self {
///     Self::Phase { phase: __state, .. } => __p::Resolve::in_state(
///         __resolved,
///         __p::StateIndex::of(__p::label_type::<Phase>(), __state),
///     ),
///     _ => __resolved,
/// }
/// ```
fn in_state(metrics: &ValidatedMetrics<'_>) -> Option<TokenStream> {
    let metrics = || metrics.metrics.iter().map(|(_, metric)| metric);
    let states = metrics().filter_map(|metric| Some((&metric.variant, metric.state.as_ref()?)));
    let arms: Vec<_> = states
        .map(|(variant, state)| {
            let (member, ty) = (&state.member, label_type(&state.ty, state.display));
            let value =
                if state.display { quote!(&__p::Displayed(__state)) } else { quote!(__state) };
            quote_spanned! {at_ident(variant)=>
                Self::#variant { #member: __state, .. } => {
                    __p::Resolve::in_state(__resolved, __p::StateIndex::of(#ty, #value))
                }
            }
        })
        .collect();
    let others = metrics().any(|metric| metric.state.is_none()).then(|| quote!(_ => __resolved,));
    (!arms.is_empty()).then(|| quote!(match self { #(#arms)* #others }))
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
