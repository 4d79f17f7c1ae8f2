//! The labels of a plan, from the attributes of a registry.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use typed_metrics_core::DEFAULT_SERIES_LIMIT;
use typed_metrics_core::label::MAX_LABEL_LEN;
use typed_metrics_core::name::check_label_name;

use super::names::{field_name, type_name, value_name};
use super::plan::{Field, FieldType, LabelPlan};
use super::registry::{Attribute, AttributeType, Member, MemberValue, RequirementLevel};

/// The label enums, by the names of their attributes; `None` for an attribute that is a text.
pub(super) struct Enums {
    types: BTreeSet<String>,
    plans: BTreeMap<String, (FieldType, Option<LabelPlan>)>,
}

impl Enums {
    /// No enums. Their names will differ from those in `types`.
    pub(super) fn new(types: BTreeSet<String>) -> Self {
        Self { types, plans: BTreeMap::new() }
    }

    pub(super) fn into_plans(self) -> impl Iterator<Item = LabelPlan> {
        self.plans.into_values().filter_map(|(_, plan)| plan)
    }
}

/// The labels of a metric. What cannot be expressed is added to `problems`.
pub(super) fn fields(
    metric: &str,
    attributes: &[Attribute],
    enums: &mut Enums,
    problems: &mut Vec<String>,
) -> Vec<Field> {
    let mut names = BTreeSet::new();
    let mut fields = Vec::new();
    for attribute in attributes {
        let Some(label) = attribute.id.as_deref() else { continue };
        if let Err(error) = check_label_name(label) {
            problems.push(format!("{label:?} cannot be a label of `{metric}`: {error}"));
            continue;
        }
        let field_type = match field_type(label, attribute, enums) {
            Ok(field_type) => field_type,
            Err(problem) => {
                problems.push(format!("the metric `{metric}` lacks a label: {problem}"));
                continue;
            }
        };
        if field_type == FieldType::Float {
            problems.push(format!(
                "the label `{label}` of `{metric}` is a float; it is exported as a text, and nearly \
                 every value is a series of its own"
            ));
        }
        let is_required = matches!(
            &attribute.requirement_level,
            Some(RequirementLevel::Always(level)) if level == "required"
        );
        let name = field_name(label, &mut names);
        fields.push(Field {
            label: (name != label).then(|| label.to_owned()),
            name,
            brief: brief(label, attribute),
            value: field_type,
            is_optional: !is_required,
        });
    }
    limit_combinations(metric, &mut fields, problems);
    fields
}

/// Turns enums into texts until the fixed labels have no more combinations than the series limit.
fn limit_combinations(metric: &str, fields: &mut [Field], problems: &mut Vec<String>) {
    let count = |field: &Field| match &field.value {
        FieldType::Enum(_, count) => count + usize::from(field.is_optional),
        FieldType::Boolean => 2 + usize::from(field.is_optional),
        _ => 1,
    };
    while fields
        .iter()
        .map(count)
        .try_fold(1, usize::checked_mul)
        .is_none_or(|all| all > DEFAULT_SERIES_LIMIT)
    {
        let Some(largest) = fields.iter_mut().max_by_key(|field| count(field)) else { return };
        if count(largest) == 1 {
            return;
        }
        problems.push(format!(
            "the label `{}` of `{metric}` is a text, because the fixed labels would have more \
             combinations than the series limit of {DEFAULT_SERIES_LIMIT}",
            largest.label.as_deref().unwrap_or(&largest.name)
        ));
        largest.value = FieldType::Text;
    }
}

fn field_type(label: &str, attribute: &Attribute, enums: &mut Enums) -> Result<FieldType, String> {
    let members = match &attribute.value_type {
        Some(AttributeType::Named(name)) => {
            return match &**name {
                "string" | "any" => Ok(FieldType::Text),
                "int" => Ok(FieldType::Integer),
                "boolean" => Ok(FieldType::Boolean),
                "double" => Ok(FieldType::Float),
                other => Err(format!("`{label}` has the type `{other}`, which is no single value")),
            };
        }
        // Its definition is in another file, which is a problem already.
        None => return Ok(FieldType::Text),
        Some(AttributeType::Enum { members }) => members,
    };
    if let Some((known, _)) = enums.plans.get(label) {
        return Ok(known.clone());
    }
    let (field_type, plan) = label_enum(label, attribute, members, &mut enums.types);
    enums.plans.insert(label.to_owned(), (field_type.clone(), plan));
    Ok(field_type)
}

fn label_enum(
    label: &str,
    attribute: &Attribute,
    members: &[Member],
    types: &mut BTreeSet<String>,
) -> (FieldType, Option<LabelPlan>) {
    if !members.is_empty() {
        if members.iter().all(|member| matches!(member.value, MemberValue::Int(_))) {
            return (FieldType::Integer, None);
        }
        if members.iter().all(|member| matches!(member.value, MemberValue::Bool(_))) {
            return (FieldType::Boolean, None);
        }
    }
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut values = Vec::new();
    for member in members {
        let value = match &member.value {
            MemberValue::Bool(value) => value.to_string(),
            MemberValue::Int(value) => value.to_string(),
            MemberValue::Text(value) => value.clone(),
        };
        if value.is_empty() || value.len() > MAX_LABEL_LEN || !seen.insert(value.clone()) {
            continue;
        }
        let name = value_name(&member.id, &mut names);
        let brief = member.brief.clone().filter(|brief| !brief.trim().is_empty());
        let brief = brief.unwrap_or_else(|| format!("The value `{value}`."));
        let value = (name.to_snake_case() != value).then_some(value);
        values.push((name, value, brief));
    }
    // The conventions have `_OTHER` alone for labels whose values each program chooses.
    if values.is_empty() || matches!(&values[..], [(_, Some(value), _)] if value == "_OTHER") {
        return (FieldType::Text, None);
    }
    let name = type_name(label, "Label", types);
    let field_type = FieldType::Enum(name.clone(), values.len());
    (field_type, Some(LabelPlan { name, brief: brief(label, attribute), values }))
}

fn brief(label: &str, attribute: &Attribute) -> String {
    let brief = attribute.brief.clone().filter(|brief| !brief.trim().is_empty());
    brief.unwrap_or_else(|| format!("The label `{label}`."))
}
