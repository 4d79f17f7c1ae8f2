//! The documentation of constructors.

use quote::ToTokens;

use crate::kind::Kind;
use crate::model::{
    Boundaries, Checked, Group, ValidatedExponential, ValidatedLabel, ValidatedMetric,
};
use crate::parse::compact;

/// The description, and then the facts of the metric that an editor shows at a use of the
/// constructor.
pub(crate) fn constructor(metric: &ValidatedMetric) -> String {
    let mut facts = vec![format!(
        "**{}** `{}`, values `{}`",
        metric.kind.as_str(),
        metric.name,
        metric.value_type.as_str()
    )];
    if let Some(state) = &metric.state {
        facts = vec![format!("**state** `{}` in the label `{}`", metric.name, state.name)];
    } else if metric.kind == Kind::Info {
        facts = vec![format!("**info** `{}`", metric.name)];
    }
    if !metric.unit.is_empty() {
        facts.push(format!("unit `{}`", metric.unit));
    }
    if !metric.labels.is_empty() {
        facts.push(format!("labels {}", joined(&metric.labels, label)));
    }
    if let Some(old) = &metric.was {
        facts.push(format!("was `{}`", old.value()));
    }
    match &metric.boundaries {
        Boundaries::List(list) if list.is_empty() => {}
        Boundaries::List(list) => {
            facts.push(format!("buckets {}", joined(list, ToString::to_string)));
        }
        Boundaries::Constant(tokens) => facts.push(format!("buckets `{}`", compact(tokens))),
        Boundaries::Exponential(settings) => facts.push(exponential(settings)),
    }
    let facts = facts.join(" · ");
    if metric.description.is_empty() { facts } else { format!("{}\n\n{facts}", metric.description) }
}

fn exponential(settings: &ValidatedExponential) -> String {
    let max_size = settings.max_size.as_ref().map(|size| match size {
        Checked::Value(size) => format!("at most {size}"),
        Checked::Expression(size) => format!("at most `{}`", compact(size)),
    });
    let zero_threshold = settings.zero_threshold.as_ref().map(|threshold| match threshold {
        Checked::Value(threshold) => format!("zero up to {threshold}"),
        Checked::Expression(threshold) => format!("zero up to `{}`", compact(threshold)),
    });
    let facts = [Some("exponential buckets".to_owned()), max_size, zero_threshold];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The name of a label, or the type of a group.
fn label(label: &ValidatedLabel) -> String {
    match &label.group {
        None => format!("`{}`", label.name),
        Some(Group { prefix: None }) => format!("of `{}`", compact(&label.ty.to_token_stream())),
        Some(Group { prefix: Some(prefix) }) => {
            format!("`{prefix}.…` of `{}`", compact(&label.ty.to_token_stream()))
        }
    }
}

fn joined<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}
