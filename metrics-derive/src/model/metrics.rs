//! All metrics of an enum, and the names that two of them may not share.

use proc_macro2::TokenStream;
use syn::{Generics, Ident, Visibility};
use typed_metrics_core::DEFAULT_SERIES_LIMIT;

use crate::diagnostics::Diagnostics;
use crate::model::also::check_also;
use crate::model::boundaries::{DefaultBoundaries, check_buckets_of_enum};
use crate::model::constant_labels::{check_constant_labels, written};
use crate::model::facade::Facade;
use crate::model::handle::HandleType;
use crate::model::labels::ValidatedLabel;
use crate::model::lifetime::ValidatedLifetime;
use crate::model::limit::{Limit, series_limit};
use crate::model::metric::{CheckedMetric, ForAll, ValidatedMetric};
use crate::model::naming::{MetricName, constructor, prefix};
use crate::model::parameters::refuse_parameters;
use crate::parse::{
    BucketsDeclaration, Constant, ConstantLabel, MetricsDeclaration, Slot, VariantDeclaration,
};

/// An enum whose variants are all valid metrics.
pub(crate) struct ValidatedMetrics<'d> {
    pub(crate) ident: &'d Ident,
    pub(crate) vis: &'d Visibility,
    pub(crate) generics: &'d Generics,
    pub(crate) facade: Facade,
    /// The prefix, if only the compiler knows its text.
    pub(crate) constant_prefix: Option<TokenStream>,
    /// The series limit of the enum, if only the compiler knows it.
    pub(crate) constant_limit: Option<TokenStream>,
    /// The buckets of the enum, if only the compiler knows them.
    pub(crate) constant_buckets: Option<TokenStream>,
    /// The labels that all metrics have.
    pub(crate) constant_labels: &'d [ConstantLabel],
    pub(crate) metrics: Vec<(Ident, ValidatedMetric)>,
    /// The type of handle that all variants share, if they share one. A state takes no number, and
    /// neither does an info.
    pub(crate) shared_handle: Option<HandleType>,
    pub(crate) label_lists: LabelLists,
}

/// The different lists of labels of an enum. Metrics with equal labels share one.
pub(crate) struct LabelLists {
    /// For each metric, the number of its list.
    pub(crate) of_metric: Vec<usize>,
    /// For each list, the first metric that has it.
    pub(crate) first_metrics: Vec<usize>,
}

impl LabelLists {
    fn of(metrics: &[(Ident, ValidatedMetric)]) -> Self {
        let mut lists: Vec<String> = Vec::new();
        let (mut of_metric, mut first_metrics) = (Vec::new(), Vec::new());
        for (index, (_, metric)) in metrics.iter().enumerate() {
            let list = metric.labels.iter().map(ValidatedLabel::to_text).collect();
            let number = lists.iter().position(|other| *other == list).unwrap_or_else(|| {
                lists.push(list);
                first_metrics.push(index);
                lists.len() - 1
            });
            of_metric.push(number);
        }
        Self { of_metric, first_metrics }
    }
}

/// A variant after the checks. Where a field is `None`, a mistake is reported.
pub(crate) struct CheckedVariant<'d> {
    pub(crate) declaration: &'d VariantDeclaration,
    pub(crate) constructor: Option<Ident>,
    pub(crate) handle: Option<HandleType>,
    pub(crate) metric: Option<ValidatedMetric>,
}

/// Checks everything that was written.
pub(crate) fn check_metrics<'d>(
    cx: &Diagnostics,
    declaration: &'d MetricsDeclaration,
) -> Vec<CheckedVariant<'d>> {
    refuse_parameters(
        cx,
        &declaration.ident,
        &declaration.generics,
        "each metric is a static, and statics are not generic; give its labels concrete types",
    );
    check_also(cx, declaration);
    let prefix = prefix(cx, &declaration.prefix);
    let default = Limit::Number(DEFAULT_SERIES_LIMIT);
    let series_limit = series_limit(cx, &declaration.series_limit, &default).unwrap_or(default);
    let boundaries = DefaultBoundaries::check(cx, &declaration.buckets);
    check_buckets_of_enum(cx, declaration);
    let lifetime = ValidatedLifetime::for_all(cx, declaration);
    let Some(variants) = &declaration.variants else { return Vec::new() };
    if variants.is_empty() {
        let ident = &declaration.ident;
        cx.error(
            ident,
            format_args!("`{ident}` has no variants; each variant is a metric, so write one"),
        );
    }
    let for_all = ForAll { prefix, boundaries, series_limit, lifetime };
    let mut checked: Vec<CheckedVariant<'d>> = variants
        .iter()
        .map(|declaration| {
            let constructor = constructor(cx, declaration);
            let CheckedMetric { handle, metric } = CheckedMetric::check(cx, &for_all, declaration);
            CheckedVariant { declaration, constructor, handle, metric }
        })
        .collect();
    refuse_shared_constructors(cx, &mut checked);
    refuse_shared_names(cx, &checked);
    refuse_shared_old_names(cx, &checked);
    let metrics = checked.iter().filter_map(|variant| variant.metric.as_ref());
    check_constant_labels(cx, declaration, metrics);
    checked
}

impl<'d> ValidatedMetrics<'d> {
    /// `None` if a variant is incomplete, which is reported then.
    pub(crate) fn new(
        declaration: &'d MetricsDeclaration,
        variants: Vec<CheckedVariant<'d>>,
    ) -> Option<Self> {
        let metrics = variants
            .into_iter()
            .map(|variant| Some((variant.constructor?, variant.metric?)))
            .collect::<Option<Vec<_>>>()?;
        let first = metrics.first()?.1.handle;
        let shared = metrics.iter().all(|(_, metric)| metric.handle == first);
        Some(Self {
            ident: &declaration.ident,
            vis: &declaration.vis,
            generics: &declaration.generics,
            facade: Facade::of(&declaration.krate).ok()?,
            shared_handle: shared.then_some(first).filter(|first| !first.kind.is_state_or_info()),
            constant_prefix: expression(&declaration.prefix),
            constant_limit: expression(&declaration.series_limit),
            constant_buckets: match declaration.buckets.read() {
                Ok(Some(BucketsDeclaration::Constant(expression))) => Some(expression.clone()),
                _ => None,
            },
            constant_labels: written(declaration),
            label_lists: LabelLists::of(&metrics),
            metrics,
        })
    }
}

/// The expression that is written in place of a literal.
fn expression<T>(slot: &Slot<Constant<T>>) -> Option<TokenStream> {
    match slot.read() {
        Ok(Some(Constant::Expression(expression))) => Some(expression.clone()),
        _ => None,
    }
}

/// Two variants must not have the same constructor. The second one loses its constructor.
fn refuse_shared_constructors(cx: &Diagnostics, variants: &mut [CheckedVariant<'_>]) {
    for at in 1..variants.len() {
        let (earlier, rest) = variants.split_at_mut(at);
        let Some(variant) = rest.first_mut() else { continue };
        let Some(constructor) = &variant.constructor else { continue };
        let twin = earlier.iter().find(|earlier| earlier.constructor.as_ref() == Some(constructor));
        if let Some(twin) = twin {
            let (first, second) = (&twin.declaration.ident, &variant.declaration.ident);
            cx.error(
                second,
                format_args!(
                    "`{first}` and `{second}` would share the constructor `{constructor}`; \
                     rename one of them"
                ),
            );
            variant.constructor = None;
        }
    }
}

/// Two variants must not be the same metric. Variants that share a constructor are reported
/// already.
fn refuse_shared_names(cx: &Diagnostics, variants: &[CheckedVariant<'_>]) {
    let named: Vec<_> = variants
        .iter()
        .filter(|variant| variant.constructor.is_some())
        .filter_map(|variant| Some((variant.declaration, variant.metric.as_ref()?)))
        .collect();
    for (at, (declaration, metric)) in named.iter().enumerate() {
        let Some((_, twin)) = named.iter().take(at).find(|(_, twin)| twin.name == metric.name)
        else {
            continue;
        };
        let message = format!(
            "`{}` and `{}` are both the metric \"{}\"; give one of them another name",
            twin.variant, metric.variant, metric.name
        );
        let written = declaration.kinds.first().and_then(|kind| kind.name.read().ok().flatten());
        match written {
            Some(literal) => cx.error(literal, message),
            None => cx.error(&declaration.ident, message),
        }
    }
}

/// An old name must not be a name of another metric. If the prefix is a constant, the expansion
/// compares the names of the enum. Other crates' names are checked at run time.
fn refuse_shared_old_names(cx: &Diagnostics, variants: &[CheckedVariant<'_>]) {
    let metrics = || variants.iter().filter_map(|variant| variant.metric.as_ref());
    for (at, metric) in metrics().enumerate() {
        let Some(literal) = &metric.was else { continue };
        let old = &literal.value();
        let is_old = |name: &str| name.eq_ignore_ascii_case(old);
        let twin = metrics().enumerate().find_map(|(other, twin)| {
            let is_name = matches!(&twin.name, MetricName::Text(name) if is_old(name));
            let is_old_name =
                other < at && twin.was.as_ref().is_some_and(|was| is_old(&was.value()));
            (is_name || is_old_name).then_some((twin, is_name))
        });
        let Some((twin, is_name)) = twin else { continue };
        let had = if is_name { "has" } else { "had" };
        let message = format!(
            "`{}` {had} the name {old:?}; an old name belongs to one metric, so leave it out here",
            twin.variant
        );
        cx.error(literal, message);
    }
}
