//! The boundaries of a histogram's buckets.

use proc_macro2::TokenStream;
use syn::LitStr;
use typed_metrics_core::buckets::{check_boundaries, default_for, exponential, linear};

use crate::diagnostics::Diagnostics;
use crate::kind::Kind;
use crate::model::exponential::ValidatedExponential;
use crate::parse::{
    Boundary, BucketsDeclaration, Generator, KindDeclaration, MetricsDeclaration, Slot, Unreadable,
    VariantDeclaration,
};

/// The boundaries of a metric.
#[derive(Clone)]
pub(crate) enum Boundaries {
    /// Checked boundaries. There are none unless the metric is a histogram.
    List(Vec<f64>),
    /// An expression, which the compiler checks.
    Constant(TokenStream),
    /// The histogram is exponential.
    Exponential(ValidatedExponential),
}

/// The boundaries of histograms that have none of their own.
pub(crate) enum DefaultBoundaries {
    /// Those of the unit.
    OfUnit,
    /// Those that the enum states; `None` if they are wrong, which is reported.
    OfEnum(Option<Boundaries>),
}

impl DefaultBoundaries {
    pub(crate) fn check(cx: &Diagnostics, slot: &Slot<BucketsDeclaration>) -> Self {
        match slot.read() {
            Ok(None) => Self::OfUnit,
            Ok(Some(written)) => Self::OfEnum(checked(cx, written)),
            Err(Unreadable) => Self::OfEnum(None),
        }
    }
}

/// The checked boundaries, those of `default` if none are written.
pub(crate) fn boundaries(
    cx: &Diagnostics,
    written: Option<&BucketsDeclaration>,
    default: &DefaultBoundaries,
    unit: &str,
) -> Option<Boundaries> {
    match (written, default) {
        (Some(written), _) => checked(cx, written),
        (None, DefaultBoundaries::OfUnit) => Some(Boundaries::List(default_for(unit))),
        (None, DefaultBoundaries::OfEnum(boundaries)) => boundaries.clone(),
    }
}

fn checked(cx: &Diagnostics, written: &BucketsDeclaration) -> Option<Boundaries> {
    match written {
        BucketsDeclaration::List(list, boundaries) => {
            let values: Vec<f64> = boundaries.iter().map(|boundary| boundary.value).collect();
            let Err(error) = check_boundaries(&values) else {
                return Some(Boundaries::List(values));
            };
            let at = error.index().and_then(|index| boundaries.get(index));
            cx.error(at.map_or(list, |Boundary { tokens, .. }| tokens), error);
            None
        }
        BucketsDeclaration::Generated(call, generator) => {
            let generated = match *generator {
                Generator::Exponential { start, factor, count } => {
                    exponential(start, factor, count)
                }
                Generator::Linear { start, width, count } => linear(start, width, count),
            };
            generated.map_err(|error| cx.error(call, error)).ok().map(Boundaries::List)
        }
        BucketsDeclaration::Constant(expression) => Some(Boundaries::Constant(expression.clone())),
    }
}

/// The buckets of an enum are for histograms, and all of these have one unit.
pub(crate) fn check_buckets_of_enum(cx: &Diagnostics, declaration: &MetricsDeclaration) {
    let Some(key) = declaration.buckets.key() else { return };
    let variants = || declaration.variants.iter().flatten();
    let is_exponential = |kind: &KindDeclaration| kind.exponential.key().is_some();
    let is_histogram =
        |kind: &KindDeclaration| kind.kind == Kind::Histogram && !is_exponential(kind);
    // A variant without a kind may be meant to be a histogram.
    let may_be_histogram = |variant: &VariantDeclaration| {
        variant.kinds.is_empty() || variant.kinds.iter().any(is_histogram)
    };
    if !variants().any(may_be_histogram) {
        let ident = &declaration.ident;
        let are_exponential = variants().any(|variant| variant.kinds.iter().any(is_exponential));
        let no_histogram =
            if are_exponential { "only exponential histograms" } else { "no histogram" };
        cx.error(
            key,
            format_args!(
                "`{ident}` has {no_histogram}, so no metric has these buckets; leave them out"
            ),
        );
        return;
    }
    let with_unit = |variant: &'_ VariantDeclaration| {
        let kind = variant.kinds.iter().find(|kind| is_histogram(kind))?;
        let unit = kind.unit.read().ok()?;
        let is_default = kind.buckets.key().is_none() && !kind.unrecognized;
        is_default.then(|| (variant.ident.clone(), unit.cloned()))
    };
    let mut histograms = variants().filter_map(with_unit);
    let Some((first, unit)) = histograms.next() else { return };
    let text = |unit: &Option<LitStr>| unit.as_ref().map(LitStr::value);
    let in_prose = |unit: &Option<LitStr>| match text(unit) {
        Some(unit) => format!("the unit {unit:?}"),
        None => "no unit".to_owned(),
    };
    for (other, another) in histograms.filter(|(_, another)| text(another) != text(&unit)) {
        let message = format!(
            "the buckets of the enum are numbers of one unit, but `{first}` has {}, and `{other}` \
             has {}; give one of them `buckets` of its own",
            in_prose(&unit),
            in_prose(&another),
        );
        match &another {
            Some(literal) => cx.error(literal, message),
            None => cx.error(&other, message),
        }
    }
}
