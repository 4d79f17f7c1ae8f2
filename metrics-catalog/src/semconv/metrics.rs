//! The plan of an enum, from the metrics of a registry.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use typed_metrics_core::name::check_metric_name;
use typed_metrics_core::unit::{UnitError, check_unit};

use super::labels::{Enums, fields};
use super::names::{type_name, variant_name};
use super::plan::{Field, FieldType, MetricPlan, Plan};
use super::registry::{Deprecated, Group};

impl Plan {
    /// The enum of the metrics. What cannot be expressed is added to `problems`.
    pub(super) fn of(groups: Vec<Group>, problems: &mut Vec<String>) -> Self {
        let (deprecated, groups): (Vec<Group>, Vec<Group>) =
            groups.into_iter().partition(|group| group.deprecated.is_some());
        let mut seen = BTreeSet::new();
        let mut metrics: Vec<Group> = Vec::new();
        for group in groups {
            match checked_name(&group) {
                Err(problem) => problems.push(problem),
                Ok(name) if seen.insert(name.to_owned()) => metrics.push(group),
                Ok(name) => {
                    problems.push(format!(
                        "the metric `{name}` is defined twice; the first one counts"
                    ));
                }
            }
        }
        let old_names = old_names(&deprecated, &metrics, problems);
        let names: Vec<&str> = metrics.iter().filter_map(|m| m.metric_name.as_deref()).collect();
        let prefix = common_prefix(&names);
        let mut types = BTreeSet::new();
        let of_metrics = if prefix.is_empty() { "program.metrics" } else { &prefix };
        let name = type_name(of_metrics, "Metrics", &mut types);
        let mut enums = Enums::new(types);
        let mut variants = BTreeSet::new();
        let mut plans = Vec::new();
        for group in &metrics {
            let name = group.metric_name.as_deref().unwrap_or_default();
            let last = name.strip_prefix(&*prefix).unwrap_or(name).trim_start_matches('.');
            let variant = variant_name(last, &mut variants);
            let last = (variant.to_snake_case() != last).then(|| last.to_owned());
            if let Some(mut plan) = metric(group, &mut enums, problems) {
                plan.variant = variant;
                plan.last = last;
                plan.was = old_names.get(name).cloned();
                plans.push(plan);
            }
        }
        let used: BTreeSet<String> = plans
            .iter()
            .flat_map(|metric| &metric.fields)
            .filter_map(|field| match &field.value {
                FieldType::Enum(name, _) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let labels = enums.into_plans();
        let labels = labels.filter(|label| used.contains(&label.name)).collect();
        Self { name, prefix, metrics: plans, labels }
    }
}

fn checked_name(group: &Group) -> Result<&str, String> {
    let Some(name) = group.metric_name.as_deref() else {
        return Err(format!("the group `{}` has no `metric_name`", group.id));
    };
    match check_metric_name(name) {
        Ok(()) => Ok(name),
        Err(error) => Err(format!("{name:?} cannot be the name of a metric: {error}")),
    }
}

/// The old names of metrics, by the new ones.
fn old_names(
    deprecated: &[Group],
    metrics: &[Group],
    problems: &mut Vec<String>,
) -> BTreeMap<String, String> {
    let mut old_names = BTreeMap::new();
    for old in deprecated {
        let name = old.metric_name.as_deref().unwrap_or(&old.id);
        let Some(Deprecated::Reason { renamed_to: Some(new), .. }) = &old.deprecated else {
            problems.push(format!("the metric `{name}` is deprecated, so it is left out"));
            continue;
        };
        let is_same = |metric: &&Group| {
            metric.metric_name.as_ref() == Some(new)
                && metric.instrument == old.instrument
                && metric.unit == old.unit
        };
        if metrics.iter().any(|metric| is_same(&metric))
            && check_metric_name(name).is_ok()
            && !old_names.contains_key(new)
        {
            old_names.insert(new.clone(), name.to_owned());
        } else {
            problems.push(format!(
                "the metric `{name}` is renamed to `{new}`, but no metric here has that name, the \
                 same unit and instrument, and no other old name; so it is left out"
            ));
        }
    }
    old_names
}

/// The words that all names begin with. Each name has at least one word more.
fn common_prefix(names: &[&str]) -> String {
    let Some(first) = names.first() else { return String::new() };
    let mut prefix = first.rsplit_once('.').map_or("", |(prefix, _)| prefix);
    let begins = |prefix: &str| {
        names.iter().all(|name| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.')))
    };
    while !prefix.is_empty() && !begins(prefix) {
        prefix = prefix.rsplit_once('.').map_or("", |(prefix, _)| prefix);
    }
    prefix.to_owned()
}

fn metric(group: &Group, enums: &mut Enums, problems: &mut Vec<String>) -> Option<MetricPlan> {
    let name = group.metric_name.as_deref().unwrap_or_default();
    let annotations = group.annotations.clone().unwrap_or_default();
    let mut presentation = annotations.typed_metrics.unwrap_or_default();
    let instrument = group.instrument.as_deref().unwrap_or_default();
    let fields = fields(name, &group.attributes, enums, problems);
    let kind = match (instrument, presentation.kind.as_deref()) {
        ("updowncounter", Some("info")) => "info",
        ("updowncounter", Some("state")) if fields.last().is_some_and(has_states) => "state",
        ("counter", _) => "counter",
        ("updowncounter", _) => "up_down_counter",
        ("gauge", _) => "gauge",
        ("histogram", _) => "histogram",
        (other, _) => {
            problems.push(format!("the metric `{name}` has the unknown instrument {other:?}"));
            return None;
        }
    };
    if kind != "histogram" {
        presentation.buckets.clear();
    }
    let mut unit = group.unit.clone().unwrap_or_default();
    if let Err(error) = check_unit(&unit) {
        problems.push(format!("the unit {unit:?} of the metric `{name}` is not valid: {error}"));
        unit = match error {
            UnitError::Word { code } => code.to_owned(),
            _ => String::new(),
        };
    }
    let value_type = annotations.code_generation.and_then(|hints| hints.metric_value_type);
    let is_time = matches!(&*unit, "s" | "ms" | "us" | "ns" | "min" | "h" | "d");
    let value = match (kind, value_type.as_deref()) {
        ("counter" | "up_down_counter", Some("double")) => Some("f64"),
        // A time is hardly ever a whole number.
        ("counter" | "up_down_counter", None) if is_time => Some("f64"),
        ("gauge", Some("int")) => Some("i64"),
        ("histogram", Some("int")) => Some("u64"),
        _ => None,
    };
    if matches!(kind, "state" | "info") {
        unit.clear();
    }
    Some(MetricPlan {
        variant: String::new(),
        last: None,
        brief: group.brief.clone(),
        kind,
        unit,
        was: None,
        value,
        presentation,
        fields,
    })
}

fn has_states(field: &Field) -> bool {
    match &field.value {
        FieldType::Enum(_, count) => *count > 1 || field.is_optional,
        FieldType::Boolean => true,
        _ => false,
    }
}
