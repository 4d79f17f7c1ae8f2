//! The source of an enum.

use std::fmt::Write as _;

use super::plan::{Field, FieldType, LabelPlan, MetricPlan, Plan};

/// The longest line of a comment.
const WIDTH: usize = 100;

/// The source of the enum, with the problems as a comment.
pub(super) fn write(plan: &Plan, problems: &[String]) -> String {
    let mut out = String::new();
    out.push_str("// Written from a registry of OpenTelemetry's semantic conventions.\n");
    if !problems.is_empty() {
        out.push_str("//\n// Differences from the registry:\n");
        for problem in problems {
            comment(&mut out, "// - ", "//   ", problem);
        }
    }
    let imports = if plan.labels.is_empty() { "Metrics" } else { "{Label, Metrics}" };
    line(&mut out, format_args!("\nuse typed_metrics::{imports};"));
    for label in &plan.labels {
        write_label(&mut out, label);
    }
    let mut fields = plan.metrics.iter().flat_map(|metric| &metric.fields);
    let has_text = fields.any(|field| field.value == FieldType::Text);
    let lifetime = if has_text { "<'a>" } else { "" };
    out.push('\n');
    if plan.prefix.is_empty() {
        out.push_str("/// The metrics of the registry.\n#[derive(Metrics)]\n");
    } else {
        line(&mut out, format_args!("/// The metrics of `{}`.\n#[derive(Metrics)]", plan.prefix));
        line(&mut out, format_args!("#[metrics(prefix = {:?})]", plan.prefix));
    }
    line(&mut out, format_args!("pub enum {}{lifetime} {{", plan.name));
    for metric in &plan.metrics {
        write_metric(&mut out, metric);
    }
    out.push_str("}\n");
    out
}

fn write_label(out: &mut String, label: &LabelPlan) {
    out.push('\n');
    comment(out, "/// ", "/// ", &label.brief);
    out.push_str("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Label)]\n");
    line(out, format_args!("pub enum {} {{", label.name));
    for (variant, value, brief) in &label.values {
        comment(out, "    /// ", "    /// ", brief);
        if let Some(value) = value {
            line(out, format_args!("    #[label(name = {value:?})]"));
        }
        line(out, format_args!("    {variant},"));
    }
    out.push_str("}\n");
}

fn write_metric(out: &mut String, metric: &MetricPlan) {
    comment(out, "    /// ", "    /// ", &metric.brief);
    let mut keys = Vec::new();
    if !metric.unit.is_empty() {
        keys.push(format!("unit = {:?}", metric.unit));
    }
    keys.extend(metric.last.as_ref().map(|last| format!("name = {last:?}")));
    keys.extend(metric.value.map(|value| format!("value = {value}")));
    if metric.kind == "histogram" {
        if metric.presentation.kind.as_deref() == Some("exponential") {
            keys.push("exponential".to_owned());
        } else if !metric.presentation.buckets.is_empty() {
            keys.push(format!("buckets = {:?}", metric.presentation.buckets));
        }
    }
    keys.extend(metric.was.as_ref().map(|was| format!("was = {was:?}")));
    if has_twins(metric) {
        keys.push("positional".to_owned());
    }
    let keys = keys.join(", ");
    let keys = if keys.is_empty() { keys } else { format!("({keys})") };
    line(out, format_args!("    #[{}{keys}]", metric.kind));
    if metric.fields.is_empty() {
        line(out, format_args!("    {},", metric.variant));
        return;
    }
    line(out, format_args!("    {} {{", metric.variant));
    for field in &metric.fields {
        write_field(out, field);
    }
    out.push_str("    },\n");
}

fn write_field(out: &mut String, field: &Field) {
    comment(out, "        /// ", "        /// ", &field.brief);
    let name = field.label.as_ref().map(|label| format!("name = {label:?}"));
    let display = (field.value == FieldType::Float).then(|| "display".to_owned());
    let keys: Vec<String> = name.into_iter().chain(display).collect();
    if !keys.is_empty() {
        line(out, format_args!("        #[label({})]", keys.join(", ")));
    }
    line(out, format_args!("        {}: {},", field.name, type_of(field)));
}

fn type_of(field: &Field) -> String {
    let inner = match &field.value {
        FieldType::Text => "&'a str",
        FieldType::Integer => "i64",
        FieldType::Boolean => "bool",
        FieldType::Float => "f64",
        FieldType::Enum(name, _) => name,
    };
    if field.is_optional { format!("Option<{inner}>") } else { inner.to_owned() }
}

/// Whether a call of the constructor could exchange two labels.
fn has_twins(metric: &MetricPlan) -> bool {
    // The state is no argument of the constructor.
    let count = metric.fields.len() - usize::from(metric.kind == "state");
    let types: Vec<String> = metric.fields[..count].iter().map(type_of).collect();
    types.iter().enumerate().any(|(at, one)| types[..at].contains(one))
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string never fails.
    let _ = writeln!(out, "{text}");
}

/// Writes a text in lines of a comment; nothing for a text without words.
fn comment(out: &mut String, first: &str, other: &str, text: &str) {
    // A fence would make the text a program, and a control character could end the comment.
    let text = text.replace("```", "`");
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut written = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if written.is_empty() {
            written.push_str(first);
        } else if written.chars().count() + 1 + word.chars().count() > WIDTH {
            line(out, format_args!("{written}"));
            other.clone_into(&mut written);
        } else {
            written.push(' ');
        }
        written.push_str(word);
    }
    if !written.is_empty() {
        line(out, format_args!("{written}"));
    }
}
