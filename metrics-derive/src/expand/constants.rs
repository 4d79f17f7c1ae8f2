//! The constants that a declaration names, and their checks.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::expand::names::{at, at_end};
use crate::model::{Boundaries, Limit, MetricName, ValidatedMetric, ValidatedMetrics};
use crate::parse::{Constant, ConstantLabel};

/// The constants of an enum. Metrics that name the same constant share one.
pub(crate) struct Constants<'m> {
    prefix: Option<&'m TokenStream>,
    limits: Vec<&'m TokenStream>,
    buckets: Vec<&'m TokenStream>,
    labels: &'m [ConstantLabel],
}

impl<'m> Constants<'m> {
    pub(crate) fn of(metrics: &'m ValidatedMetrics<'_>) -> Self {
        // The limit and the buckets of the enum are checked even if every metric has its own.
        let mut limits: Vec<_> = metrics.constant_limit.iter().collect();
        let mut buckets: Vec<_> = metrics.constant_buckets.iter().collect();
        for (_, metric) in &metrics.metrics {
            if let Limit::Constant(limit) = &metric.series_limit {
                add(&mut limits, limit);
            }
            if let Boundaries::Constant(boundaries) = &metric.boundaries {
                add(&mut buckets, boundaries);
            }
        }
        let prefix = metrics.constant_prefix.as_ref();
        Self { prefix, limits, buckets, labels: metrics.constant_labels }
    }

    /// The tokens have the spans of the expression, so the compiler reports each mistake there.
    ///
    /// Expands to
    ///
    /// ```text
    /// const __PREFIX: &__p::core::primitive::str = PREFIX;
    /// const _: () = __p::check_prefix(__PREFIX);
    /// const __LIMIT_0: __p::core::primitive::usize = 4 * LIMIT;
    /// const _: () = __p::check_series_limit(__LIMIT_0);
    /// const __BUCKETS_0: &[__p::core::primitive::f64] = &LATENCY;
    /// const _: () = __p::check_constant_boundaries(__BUCKETS_0);
    /// const __CONSTANT_LABELS: … // see `labels`
    /// ```
    pub(crate) fn items(&self) -> TokenStream {
        let prefix = self.prefix.map(|prefix| {
            let argument = quote_spanned!(at_end(prefix)=> (__PREFIX));
            quote_spanned! {at(prefix)=>
                const __PREFIX: &__p::core::primitive::str = #prefix;
                const _: () = __p::check_prefix #argument;
            }
        });
        let limits = self.limits.iter().enumerate().map(|(number, limit)| {
            let name = limit_name(number);
            let argument = quote_spanned!(at_end(limit)=> (#name));
            quote_spanned! {at(limit)=>
                const #name: __p::core::primitive::usize = #limit;
                const _: () = __p::check_series_limit #argument;
            }
        });
        let buckets = self.buckets.iter().enumerate().map(|(number, buckets)| {
            let name = buckets_name(number);
            let argument = quote_spanned!(at_end(buckets)=> (#name));
            quote_spanned! {at(buckets)=>
                const #name: &[__p::core::primitive::f64] = &#buckets;
                const _: () = __p::check_constant_boundaries #argument;
            }
        });
        let labels = labels(self.labels);
        quote!(#prefix #(#limits)* #(#buckets)* #labels)
    }

    /// Expands to `2000usize` or `__LIMIT_0`.
    pub(crate) fn limit(&self, limit: &Limit) -> TokenStream {
        match limit {
            Limit::Number(limit) => quote!(#limit),
            Limit::Constant(limit) => {
                let name = limit_name(number(&self.limits, limit));
                quote!(#name)
            }
        }
    }

    /// The name of the constant that holds these boundaries.
    pub(crate) fn buckets(&self, buckets: &TokenStream) -> Ident {
        buckets_name(number(&self.buckets, buckets))
    }
}

/// A check for each old name of an enum whose prefix is a constant, reported at the old name.
///
/// Expands to
///
/// ```text
/// const _: () = __p::check_old_name(
///     "old.orders",
///     __PREFIX,
///     &[("Orders", "orders"), ("Sales", "sales")],
///     0usize,
/// );
/// ```
pub(crate) fn old_names(metrics: &ValidatedMetrics<'_>) -> TokenStream {
    if metrics.constant_prefix.is_none() {
        return TokenStream::new();
    }
    let names = metrics.metrics.iter().map(|(_, metric)| {
        let variant = metric.variant.to_string();
        let last = match &metric.name {
            MetricName::Joined { last, .. } | MetricName::Text(last) => last,
        };
        quote!((#variant, #last))
    });
    let names = quote!(&[#(#names),*]);
    let checks = metrics.metrics.iter().enumerate().filter_map(|(index, (_, metric))| {
        let old = metric.was.as_ref()?;
        Some(quote_spanned! {at(old)=>
            const _: () = __p::check_old_name(#old, __PREFIX, #names, #index);
        })
    });
    checks.collect()
}

/// Expands to `"shop.requests"` or to
/// `const { &__p::JoinedName::of_metric(__PREFIX, "requests") }.as_str()`.
pub(crate) fn name(metric: &ValidatedMetric) -> TokenStream {
    match &metric.name {
        MetricName::Text(name) => quote!(#name),
        MetricName::Joined { last, .. } => quote_spanned! {at(&metric.variant)=>
            const { &__p::JoinedName::of_metric(__PREFIX, #last) }.as_str()
        },
    }
}

/// Expands to
///
/// ```text
/// const __CONSTANT_LABELS: &[__p::LabelDescriptor] = &[
///     __p::LabelDescriptor::constant("handler", "all"),
///     __p::LabelDescriptor::constant("region", {
///         const __VALUE: &__p::core::primitive::str = REGION;
///         __VALUE
///     }),
/// ];
/// ```
fn labels(labels: &[ConstantLabel]) -> Option<TokenStream> {
    let descriptors = labels.iter().map(|ConstantLabel { name, value, .. }| {
        let value = match value {
            Constant::Literal(text) => quote!(#text),
            Constant::Expression(expression) => quote_spanned! {at(expression)=>
                {
                    const __VALUE: &__p::core::primitive::str = #expression;
                    __VALUE
                }
            },
        };
        quote!(__p::LabelDescriptor::constant(#name, #value))
    });
    (!labels.is_empty())
        .then(|| quote!(const __CONSTANT_LABELS: &[__p::LabelDescriptor] = &[#(#descriptors),*];))
}

fn add<'m>(constants: &mut Vec<&'m TokenStream>, constant: &'m TokenStream) {
    if number(constants, constant) == constants.len() {
        constants.push(constant);
    }
}

/// The position of the same expression, or the number of expressions.
fn number(constants: &[&TokenStream], constant: &TokenStream) -> usize {
    let text = constant.to_string();
    let found = constants.iter().position(|other| other.to_string() == text);
    found.unwrap_or(constants.len())
}

fn limit_name(number: usize) -> Ident {
    format_ident!("__LIMIT_{number}")
}

fn buckets_name(number: usize) -> Ident {
    format_ident!("__BUCKETS_{number}")
}
