//! The boundaries of a histogram's buckets.

use proc_macro2::TokenStream;
use typed_metrics_core::buckets::{check_boundaries, default_for, exponential, linear};

use crate::diagnostics::Diagnostics;
use crate::model::exponential::ValidatedExponential;
use crate::parse::{Boundary, BucketsDeclaration, Generator};

/// The boundaries of a metric.
pub(crate) enum Boundaries {
    /// Checked boundaries. There are none unless the metric is a histogram.
    List(Vec<f64>),
    /// An expression, which the compiler checks.
    Constant(TokenStream),
    /// The histogram is exponential.
    Exponential(ValidatedExponential),
}

/// The checked boundaries, those of `unit` if none are written.
pub(crate) fn boundaries(
    cx: &Diagnostics,
    written: Option<&BucketsDeclaration>,
    unit: &str,
) -> Option<Boundaries> {
    match written {
        None => Some(Boundaries::List(default_for(unit))),
        Some(BucketsDeclaration::List(list, boundaries)) => {
            let values: Vec<f64> = boundaries.iter().map(|boundary| boundary.value).collect();
            let Err(error) = check_boundaries(&values) else {
                return Some(Boundaries::List(values));
            };
            let at = error.index().and_then(|index| boundaries.get(index));
            cx.error(at.map_or(list, |Boundary { tokens, .. }| tokens), error);
            None
        }
        Some(BucketsDeclaration::Generated(call, generator)) => {
            let generated = match *generator {
                Generator::Exponential { start, factor, count } => {
                    exponential(start, factor, count)
                }
                Generator::Linear { start, width, count } => linear(start, width, count),
            };
            generated.map_err(|error| cx.error(call, error)).ok().map(Boundaries::List)
        }
        Some(BucketsDeclaration::Constant(expression)) => {
            Some(Boundaries::Constant(expression.clone()))
        }
    }
}
