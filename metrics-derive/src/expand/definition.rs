//! The consts and statics that describe a metric.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use typed_metrics_core::expiry::Expiry;

use crate::expand::names::{Names, at};
use crate::expand::types::{label_type, metric_type, value_type, with_static_lifetimes};
use crate::model::{ValidatedLabel, ValidatedLifetime, ValidatedMetric, ValidatedMetrics};

/// Expands to
///
/// ```text
/// const __DEFINITION_0: __p::Definition = __p::Definition {
///     name: "shop.request_count",
///     metric_type: __p::MetricType::Counter,
///     value_type: __p::ValueType::U64,
///     unit: "{request}",
///     description: "Number of requests processed.",
///     labels: &[__p::LabelDescriptor::new("route", __p::label_type::<&'static str>())],
///     boundaries: &[],
///     series_limit: 2000usize,
///     lifetime: __p::Lifetime::UNSET,
///     source: __p::source(…, …, …, "ShopMetrics::RequestCount"),
/// };
/// static __DESCRIPTOR_0: __p::Descriptor = __p::descriptor(__DEFINITION_0);
/// const __SHAPE_0: __p::SeriesLookup<1> = __p::shape(&__DEFINITION_0);
/// #[__p::linkme::distributed_slice(__p::FAMILIES)]
/// #[linkme(crate = __p::linkme)]
/// static __FAMILY_0: __p::Family = __p::Family::new(&__DESCRIPTOR_0, &__FAMILY_0);
/// ```
///
/// The evaluation of the shape fails if the labels have too many combinations. The shape's tokens
/// have the variant's span, so the compiler reports that error at the variant. The linker collects
/// the families; it cannot do that on wasm.
pub(crate) fn definition(
    metrics: &ValidatedMetrics<'_>,
    metric: &ValidatedMetric,
    names: &Names,
) -> TokenStream {
    let Names { definition, descriptor, shape, family, .. } = names;
    let (kind, value) = (metric_type(metric.kind), value_type(metric.value_type));
    let ValidatedMetric { name, unit, description, series_limit, .. } = metric;
    let labels = metric.labels.iter().map(|label| label_descriptor(metrics, label));
    let boundaries = metric.boundaries.iter().map(|boundary| float(*boundary));
    let lifetime = lifetime(metric.lifetime);
    let source = source(metrics, metric);
    let dimensions = metric.labels.len();
    let shape = quote_spanned! {at(&metric.variant)=>
        const #shape: __p::SeriesLookup<#dimensions> = __p::shape(&#definition);
    };
    quote! {
        const #definition: __p::Definition = __p::Definition {
            name: #name,
            metric_type: __p::MetricType::#kind,
            value_type: __p::ValueType::#value,
            unit: #unit,
            description: #description,
            labels: &[#(#labels),*],
            boundaries: &[#(#boundaries),*],
            series_limit: #series_limit,
            lifetime: #lifetime,
            source: #source,
        };
        static #descriptor: __p::Descriptor = __p::descriptor(#definition);
        #shape
        #[__p::linkme::distributed_slice(__p::FAMILIES)]
        #[linkme(crate = __p::linkme)]
        static #family: __p::Family = __p::Family::new(&#descriptor, &#family);
    }
}

/// Expands to `__p::LabelDescriptor::new("route", __p::label_type::<&'static str>())`;
/// `.of_field("…")` follows if the label's name differs from the field's.
fn label_descriptor(metrics: &ValidatedMetrics<'_>, label: &ValidatedLabel) -> TokenStream {
    let name = &label.name;
    let field = label.field.unraw().to_string();
    let of_field = (field != *name).then(|| quote!(.of_field(#field)));
    let ty = with_static_lifetimes(&label.ty, metrics.generics);
    let label_type = label_type(&ty, label.display);
    quote!(__p::LabelDescriptor::new(#name, #label_type) #of_field)
}

/// Expands to `__p::Lifetime::UNSET`, followed by `.expires(__p::core::option::Option::Some(60000u64))`
/// or `.expires(__p::core::option::Option::None)` and by `.tracked()` where they are written.
fn lifetime(lifetime: ValidatedLifetime) -> TokenStream {
    let expires = lifetime.expiry.map(|expiry| match expiry {
        Expiry::After(milliseconds) => {
            quote!(.expires(__p::core::option::Option::Some(#milliseconds)))
        }
        Expiry::Never => quote!(.expires(__p::core::option::Option::None)),
    });
    let tracked = lifetime.tracked.then(|| quote!(.tracked()));
    quote!(__p::Lifetime::UNSET #expires #tracked)
}

/// Expands to `__p::source(__p::core::file!(), …)`.
///
/// `line!` gives the line of the outermost macro call that its tokens come from. For tokens of the
/// derive, that is the line of `#[derive]`. Only the variant's own span gives the variant's line.
fn source(metrics: &ValidatedMetrics<'_>, metric: &ValidatedMetric) -> TokenStream {
    let item = format!("{}::{}", metrics.ident, metric.variant);
    let place = quote_spanned! {metric.variant.span()=>
        __p::core::file!(),
        __p::core::line!(),
        __p::core::module_path!(),
    };
    quote!(__p::source(#place #item))
}

/// A literal has no sign: `-5` is two tokens.
fn float(value: f64) -> TokenStream {
    let literal = Literal::f64_suffixed(value.abs());
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}
