//! Files with rules: of Prometheus, of its operator, and of Grafana.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::query::{Contents, Query, Template};

/// The longest file, in bytes.
const MAX_LENGTH: usize = 16 * 1024 * 1024;

/// A document with rules: `groups`, or a resource `PrometheusRule` with `spec.groups`.
#[derive(Deserialize)]
struct Document {
    groups: Option<Vec<Group>>,
    spec: Option<Spec>,
    /// The documents of a Kubernetes list.
    items: Option<Vec<Resource>>,
}

#[derive(Deserialize)]
struct Resource {
    spec: Option<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    groups: Option<Vec<Group>>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    name: String,
    rules: Option<Vec<RuleOfGroup>>,
}

#[derive(Deserialize)]
struct RuleOfGroup {
    record: Option<String>,
    alert: Option<String>,
    /// The name of an alert that Grafana evaluates.
    title: Option<String>,
    expr: Option<Spanned<String>>,
    /// The queries of an alert that Grafana evaluates.
    data: Option<Vec<Data>>,
    annotations: Option<std::collections::BTreeMap<String, Option<String>>>,
    labels: Option<std::collections::BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    ref_id: Option<String>,
    model: Option<Model>,
}

#[derive(Deserialize)]
struct Model {
    expr: Option<Spanned<String>>,
}

/// The queries of a file with rules.
///
/// # Errors
/// The reason why the text is no such file.
pub(super) fn read(text: &str) -> Result<Contents, String> {
    if text.len() > MAX_LENGTH {
        let length = text.len();
        return Err(format!("it has {length} bytes; the longest that is read has {MAX_LENGTH}"));
    }
    let documents: Vec<Option<Document>> = serde_saphyr::from_multiple(text)
        .map_err(|error| format!("no rules: {}", one_line(&error)))?;
    let mut contents = Contents::default();
    let mut has_groups = false;
    for document in documents.into_iter().flatten() {
        let specs = document.items.into_iter().flatten().filter_map(|item| item.spec);
        let groups = document.spec.into_iter().chain(specs).filter_map(|spec| spec.groups);
        for groups in document.groups.into_iter().chain(groups) {
            has_groups = true;
            for group in &groups {
                read_group(group, &mut contents);
            }
        }
    }
    if !has_groups {
        return Err("neither a dashboard nor rules: it has no `groups`".to_owned());
    }
    Ok(contents)
}

fn read_group(group: &Group, contents: &mut Contents) {
    for (at, rule) in group.rules.iter().flatten().enumerate() {
        let name = match (&rule.record, &rule.alert, &rule.title) {
            (Some(name), ..) => format!("record {name:?}"),
            (_, Some(name), _) | (.., Some(name)) => format!("alert {name:?}"),
            _ => format!("rule {}", at + 1),
        };
        let place = format!("group {:?}, {name}", group.name);
        contents.recorded.extend(rule.record.clone());
        let texts = [&rule.annotations, &rule.labels].into_iter().flatten();
        let texts = texts.flat_map(|texts| texts.values()).flatten();
        let templates: Vec<Template> = texts.cloned().map(Template::Alert).collect();
        if let Some(expression) = &rule.expr {
            let line = expression.referenced.line();
            contents.queries.push(Query {
                templates,
                ..Query::new(format!("{place} (line {line})"), &*expression.value)
            });
        } else if rule.data.is_none() {
            contents.errors.push((place, "it has no `expr`".to_owned()));
            continue;
        }
        for data in rule.data.iter().flatten() {
            let Some(expression) = data.model.as_ref().and_then(|model| model.expr.as_ref()) else {
                continue;
            };
            let id = data.ref_id.as_deref().unwrap_or("?");
            let line = expression.referenced.line();
            let place = format!("{place}, query {id} (line {line})");
            contents.queries.push(Query::new(place, &*expression.value));
        }
    }
}

/// The error without the excerpt of the file, which has lines of its own.
fn one_line(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    first.to_owned()
}
