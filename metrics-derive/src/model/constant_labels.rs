//! The labels that all metrics of an enum have.

use typed_metrics_core::name::check_label_name;

use crate::diagnostics::Diagnostics;
use crate::model::metric::ValidatedMetric;
use crate::parse::{ConstantLabel, MetricsDeclaration};

/// The constant labels that are written.
pub(crate) fn written(declaration: &MetricsDeclaration) -> &[ConstantLabel] {
    declaration.labels.read().ok().flatten().map_or(&[], Vec::as_slice)
}

/// Reports names that break a rule, and names of two labels.
pub(crate) fn check_constant_labels<'m>(
    cx: &Diagnostics,
    declaration: &MetricsDeclaration,
    metrics: impl Iterator<Item = &'m ValidatedMetric>,
) {
    let constant = written(declaration);
    for (index, label) in constant.iter().enumerate() {
        let name = &label.name;
        if let Err(error) = check_label_name(name) {
            cx.error(
                &label.tokens,
                format_args!("{name:?} cannot be the name of a label: {error}"),
            );
        } else if constant.iter().take(index).any(|earlier| earlier.name == *name) {
            cx.error(
                &label.tokens,
                format_args!("the constant label {name:?} is given twice; keep one"),
            );
        }
    }
    let labels = metrics.flat_map(|metric| metric.labels.iter().chain(&metric.state));
    for label in labels.filter(|label| label.group.is_none()) {
        let name = &label.name;
        if constant.iter().any(|constant| constant.name == *name) {
            cx.error(
                &label.field,
                format_args!(
                    "the enum has the constant label {name:?} already; rename the field, or give \
                     it a `#[label(name = \"…\")]`"
                ),
            );
        }
    }
}
