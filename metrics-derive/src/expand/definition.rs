//! The constants and the static that describe the metrics.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use typed_metrics_core::DEFAULT_SERIES_LIMIT;
use typed_metrics_core::expiry::Expiry;

use crate::expand::constants::{Constants, name, old_names};
use crate::expand::labels::{descriptor, descriptors};
use crate::expand::names::{Names, at, at_end, at_ident};
use crate::expand::types::value_type;
use crate::kind::Kind;
use crate::model::{
    Boundaries, Checked, Limit, ValidatedExponential, ValidatedLifetime, ValidatedMetric,
    ValidatedMetrics,
};

/// Expands to
///
/// ```text
/// … // the constants that the declaration names, see `Constants`
/// const __LABELS_0: &[__p::LabelDescriptor] =
///     &[__p::LabelDescriptor::new("route", __p::label_type::<&'static str>())];
/// const _: () = __p::check_budget("`shop.request_count`: its", __LABELS_0, 2000usize);
/// static __FAMILIES: [__p::Family; 1] = __p::families(
///     &__p::Place { file: __p::core::file!(), module: __p::core::module_path!() },
///     [Definition::counter(…)], // see `definition`
///     &__FAMILIES,
/// );
/// #[__p::linkme::distributed_slice(__p::FAMILIES)]
/// #[linkme(crate = __p::linkme)]
/// static __LINKED: &[__p::Family] = &__FAMILIES;
/// ```
///
/// The linker collects the families; it cannot do that on wasm.
pub(crate) fn families(metrics: &ValidatedMetrics<'_>, names: &[Names]) -> TokenStream {
    let place = metrics.ident.span();
    let file = quote_spanned!(place=> __p::core::file!());
    let module = quote_spanned!(place=> __p::core::module_path!());
    let labels = metrics.label_lists.first_metrics.iter().map(|index| {
        let name = &names[*index].labels;
        let metric = &metrics.metrics[*index].1;
        let constant = (!metrics.constant_labels.is_empty()).then(|| quote!(__CONSTANT_LABELS));
        let labels =
            descriptors(&metric.labels, constant, metrics.generics, at_ident(&metric.variant));
        quote!(const #name: &[__p::LabelDescriptor] = #labels;)
    });
    let constants = Constants::of(metrics);
    let constant_items = constants.items();
    let budgets = budgets(metrics, names, &constants);
    let old_names = old_names(metrics);
    let states = states(metrics);
    let count = names.len();
    let definitions = metrics.metrics.iter().zip(names);
    let definitions = definitions
        .map(|((_, metric), names)| definition(metrics, metric, &names.labels, &constants));
    quote! {
        #constant_items
        #(#labels)*
        #budgets
        #old_names
        #(#states)*
        static __FAMILIES: [__p::Family; #count] =
            __p::families(
                &__p::Place { file: #file, module: #module },
                [#(#definitions),*],
                &__FAMILIES,
            );
        #[__p::linkme::distributed_slice(__p::FAMILIES)]
        #[linkme(crate = __p::linkme)]
        static __LINKED: &[__p::Family] = &__FAMILIES;
    }
}

/// A check for each list of labels with each series limit. Its tokens have the span of the first
/// variant that has them, so the compiler reports too many combinations there.
fn budgets(
    metrics: &ValidatedMetrics<'_>,
    names: &[Names],
    constants: &Constants<'_>,
) -> TokenStream {
    let mut budgets: Vec<(usize, TokenStream, String, Vec<&ValidatedMetric>)> = Vec::new();
    for ((_, metric), list) in metrics.metrics.iter().zip(&metrics.label_lists.of_metric) {
        if metric.labels.is_empty() {
            continue;
        }
        let limit = constants.limit(&metric.series_limit);
        let text = limit.to_string();
        match budgets.iter_mut().find(|(other, _, same, _)| other == list && *same == text) {
            Some((.., metrics)) => metrics.push(metric),
            None => budgets.push((*list, limit, text, vec![metric])),
        }
    }
    let checks = budgets.into_iter().filter_map(|(list, limit, _, metrics_of_list)| {
        let labels = &names[*metrics.label_lists.first_metrics.get(list)?].labels;
        let mut listed: Vec<_> =
            metrics_of_list.iter().take(5).map(|metric| format!("`{}`", metric.name)).collect();
        match metrics_of_list.len() - listed.len() {
            0 => {}
            others => listed.push(format!("{others} others")),
        }
        let whose = if listed.len() == 1 { "its" } else { "their" };
        let text = format!("{}: {whose}", listed.join(", "));
        let at = at_ident(&metrics_of_list.first()?.variant);
        Some(quote_spanned!(at=> const _: () = __p::check_budget(#text, #labels, #limit);))
    });
    checks.collect()
}

/// A check for each label whose values are states, reported at the type of the label.
///
/// Expands to `const _: () = __p::check_states(&__p::LabelDescriptor::new(…));`
fn states(metrics: &ValidatedMetrics<'_>) -> impl Iterator<Item = TokenStream> {
    metrics.metrics.iter().filter_map(|(_, metric)| metric.state.as_ref()).map(|state| {
        let descriptor = descriptor(state, metrics.generics);
        quote_spanned!(at(&state.ty)=> const _: () = __p::check_states(&#descriptor);)
    })
}

/// Expands to
///
/// ```text
/// __p::Definition::counter(
///     "shop.request_count",
///     "Number of requests processed.",
///     __LABELS_0,
///     __p::core::line!(),
///     "ShopMetrics::RequestCount",
/// )
/// ```
///
/// The facts that differ from the defaults follow: `.value_type(__p::ValueType::F64)`,
/// `.unit("{request}")`, `.boundaries(&[5f64])`, `.exponential(…)`, `.series_limit(500usize)`,
/// `.lifetime(…)`, `.shown(…)`.
fn definition(
    metrics: &ValidatedMetrics<'_>,
    metric: &ValidatedMetric,
    labels: &Ident,
    constants: &Constants<'_>,
) -> TokenStream {
    let ValidatedMetric { unit, description, .. } = metric;
    let kind = Ident::new(metric.kind.metric_type().as_str(), Span::call_site());
    let name = name(metric);
    let (all_labels, presentation) = presentation(metrics, metric, labels);
    let item = format!("{}::{}", metrics.ident, metric.variant);
    // `line!` gives the line of the outermost macro call that its tokens come from. For tokens of
    // the derive, that is the line of `#[derive]`. Only the variant's own span gives its line.
    let line = quote_spanned!(metric.variant.span()=> __p::core::line!());
    let value_type = (metric.kind.metric_type().value_types().first() != Some(&metric.value_type))
        .then(|| {
            let value_type = value_type(metric.value_type);
            quote!(.value_type(__p::ValueType::#value_type))
        });
    let unit = (!unit.is_empty()).then(|| quote!(.unit(#unit)));
    let boundaries = match &metric.boundaries {
        Boundaries::List(list) if list.is_empty() => None,
        Boundaries::List(list) => {
            let list = list.iter().map(|boundary| float(*boundary));
            Some(quote!(.boundaries(&[#(#list),*])))
        }
        Boundaries::Constant(expression) => {
            let name = constants.buckets(expression);
            Some(quote!(.boundaries(#name)))
        }
        Boundaries::Exponential(settings) => Some(exponential(settings)),
    };
    let series_limit = match metric.series_limit {
        Limit::Number(DEFAULT_SERIES_LIMIT) => None,
        _ => {
            let limit = constants.limit(&metric.series_limit);
            Some(quote!(.series_limit(#limit)))
        }
    };
    let lifetime = lifetime(metric.lifetime);
    quote! {
        __p::Definition::#kind(#name, #description, #all_labels, #line, #item)
            #value_type #unit #boundaries #series_limit #lifetime #presentation
    }
}

/// Expands to `.exponential(__p::ExponentialSettings::DEFAULT)`, where `.max_size(80u16)` and
/// `.zero_threshold(0.5f64)` follow `DEFAULT` if they are written. An expression becomes
///
/// ```text
/// {
///     const __SETTING: __p::core::primitive::usize = 4 * SIZE;
///     const _: () = __p::check_constant_max_size(__SETTING);
///     __SETTING
/// }
/// ```
///
/// The size is followed by `as __p::core::primitive::u16`, which the check makes lossless.
fn exponential(settings: &ValidatedExponential) -> TokenStream {
    // The tokens have the spans of the expression, so the compiler reports a mistake there.
    let checked = |expression: &TokenStream, ty: &str, check: &str| {
        let [ty, check] = [ty, check].map(|name| Ident::new(name, at(expression)));
        let argument = quote_spanned!(at_end(expression)=> (__SETTING));
        quote_spanned! {at(expression)=>
            {
                const __SETTING: __p::core::primitive::#ty = #expression;
                const _: () = __p::#check #argument;
                __SETTING
            }
        }
    };
    let max_size = settings.max_size.as_ref().map(|size| {
        let size = match size {
            Checked::Value(size) => quote!(#size),
            Checked::Expression(size) => {
                let size = checked(size, "usize", "check_constant_max_size");
                quote!(#size as __p::core::primitive::u16)
            }
        };
        quote!(.max_size(#size))
    });
    let zero_threshold = settings.zero_threshold.as_ref().map(|threshold| {
        let threshold = match threshold {
            Checked::Value(threshold) => float(*threshold),
            Checked::Expression(threshold) => {
                checked(threshold, "f64", "check_constant_zero_threshold")
            }
        };
        quote!(.zero_threshold(#threshold))
    });
    quote!(.exponential(__p::ExponentialSettings::DEFAULT #max_size #zero_threshold))
}

/// Expands to `.lifetime(__p::Lifetime::UNSET)`, where `UNSET` is followed by
/// `.expires(__p::core::option::Option::Some(60000u64))` or
/// `.expires(__p::core::option::Option::None)` and by `.tracked()` where they are written. Expands
/// to nothing where nothing is written.
fn lifetime(lifetime: ValidatedLifetime) -> Option<TokenStream> {
    if lifetime.expiry.is_none() && !lifetime.tracked {
        return None;
    }
    let expires = lifetime.expiry.map(|expiry| match expiry {
        Expiry::After(milliseconds) => {
            quote!(.expires(__p::core::option::Option::Some(#milliseconds)))
        }
        Expiry::Never => quote!(.expires(__p::core::option::Option::None)),
    });
    let tracked = lifetime.tracked.then(|| quote!(.tracked()));
    Some(quote!(.lifetime(__p::Lifetime::UNSET #expires #tracked)))
}

/// The expression of all labels, and how readers show the metric.
///
/// Expands to `__LABELS_0` and nothing, or to `.shown(&__p::Presentation::PLAIN…)` with `.info()`
/// or `.was("…")`; or, for a metric with states, to
///
/// ```text
/// &__p::with_state::<{ __LABELS_0.len() + 1 }>(__LABELS_0, __p::LabelDescriptor::new(…))
/// .shown(&__p::Presentation::PLAIN.states(__LABELS_0))
/// ```
fn presentation(
    metrics: &ValidatedMetrics<'_>,
    metric: &ValidatedMetric,
    labels: &Ident,
) -> (TokenStream, Option<TokenStream>) {
    let was = metric.was.as_ref().map(|old| quote!(.was(#old)));
    let Some(state) = &metric.state else {
        let info = (metric.kind == Kind::Info).then(|| quote!(.info()));
        let is_plain = was.is_none() && info.is_none();
        let shown = quote!(.shown(&__p::Presentation::PLAIN #info #was));
        return (quote!(#labels), (!is_plain).then_some(shown));
    };
    let descriptor = descriptor(state, metrics.generics);
    let all = quote_spanned! {at_ident(&metric.variant)=>
        &__p::with_state::<{ #labels.len() + 1 }>(#labels, #descriptor)
    };
    (all, Some(quote!(.shown(&__p::Presentation::PLAIN.states(#labels) #was))))
}

/// A literal has no sign: `-5` is two tokens.
fn float(value: f64) -> TokenStream {
    let literal = Literal::f64_suffixed(value.abs());
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}
