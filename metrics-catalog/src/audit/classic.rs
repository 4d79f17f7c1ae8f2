//! The dashboard model that Grafana had before version 12: panels in a list, and targets in a
//! panel.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::data_source::asks_in_promql;
use super::json::{list, quoted, text_of, type_of};
use super::query::{Contents, Query, QueryKind, Template};
use super::variable_query::{values, variable_query};
use super::variables::{Variable, Variables};

/// The most panels below each other.
const MAX_DEPTH: usize = 8;

/// The queries of a dashboard.
pub(super) fn read(dashboard: &Value) -> Contents {
    let mut reader = Reader {
        contents: Contents::default(),
        variables: Arc::default(),
        plugins: plugins(dashboard),
        elements: dashboard.get("__elements"),
    };
    reader.variables = Arc::new(Variables(
        list(dashboard.get("templating").and_then(|templating| templating.get("list")))
            .filter_map(variable)
            .collect(),
    ));
    for variable in list(dashboard.get("templating").and_then(|t| t.get("list"))) {
        reader.read_variable(variable);
    }
    for annotation in list(dashboard.get("annotations").and_then(|a| a.get("list"))) {
        reader.read_annotation(annotation);
    }
    reader.read_panels(dashboard.get("panels"), None, 0);
    for row in list(dashboard.get("rows")) {
        reader.read_panels(row.get("panels"), None, 0);
    }
    reader.contents
}

struct Reader<'d> {
    contents: Contents,
    variables: Arc<Variables>,
    /// The types of data sources, by the variable or input that stands for them.
    plugins: BTreeMap<&'d str, &'d str>,
    /// The library panels that an export contains.
    elements: Option<&'d Value>,
}

impl<'d> Reader<'d> {
    fn read_panels(&mut self, panels: Option<&'d Value>, source: Option<&'d Value>, depth: usize) {
        if let Some(other) = panels.filter(|panels| !panels.is_array() && !panels.is_null()) {
            self.fail("panels", format!("`panels` is {}, and not a list", type_of(other)));
        }
        for panel in list(panels) {
            self.read_panel(panel, source, depth);
        }
    }

    fn read_panel(&mut self, panel: &'d Value, source: Option<&'d Value>, depth: usize) {
        let library = panel.get("libraryPanel");
        let uid = library.and_then(|library| library.get("uid")).and_then(Value::as_str);
        let element = uid.and_then(|uid| self.elements?.get(uid)?.get("model"));
        let place = place_of(panel);
        if depth > MAX_DEPTH {
            self.fail(&place, format!("it lies below {MAX_DEPTH} other panels"));
            return;
        }
        if uid.is_some() && element.is_none() && panel.get("targets").is_none() {
            let reason = "it is a library panel that is not in this file; export the dashboard \
                          \"for sharing\", or give the audit the panel's file";
            self.fail(&place, reason.to_owned());
        }
        let panel = element.unwrap_or(panel);
        let source = panel.get("datasource").filter(|source| !source.is_null()).or(source);
        match panel.get("targets") {
            Some(Value::Array(targets)) => {
                for target in targets {
                    self.read_target(target, source, &place);
                }
            }
            None | Some(Value::Null) => {}
            Some(other) => {
                self.fail(&place, format!("`targets` is {}, and not a list", type_of(other)));
            }
        }
        // The panels of a collapsed row.
        self.read_panels(panel.get("panels"), source, depth + 1);
    }

    fn read_target(&mut self, target: &'d Value, source: Option<&'d Value>, panel: &str) {
        let source = target.get("datasource").filter(|source| !source.is_null()).or(source);
        if !asks_in_promql(self.plugin(source)) {
            return;
        }
        let place = match target.get("refId").and_then(Value::as_str) {
            Some(id) => format!("{panel}, query {id}"),
            None => panel.to_owned(),
        };
        match text_of(target, "expr") {
            Ok(None) => {}
            Ok(Some(expression)) if expression.trim().is_empty() => {}
            Ok(Some(expression)) => {
                let legend = target.get("legendFormat").and_then(Value::as_str);
                let legend = legend.filter(|legend| *legend != "__auto");
                self.contents.queries.push(Query {
                    templates: legend
                        .map(|text| Template::Legend(text.into()))
                        .into_iter()
                        .collect(),
                    variables: Arc::clone(&self.variables),
                    is_shown: true,
                    ..Query::new(place, expression)
                });
            }
            Err(reason) => self.fail(&place, reason),
        }
    }

    fn read_variable(&mut self, variable: &'d Value) {
        if variable.get("type").and_then(Value::as_str) != Some("query")
            || !asks_in_promql(self.plugin(variable.get("datasource")))
        {
            return;
        }
        let place = format!("variable {}", quoted(variable.get("name")));
        let query = variable.get("query");
        let query = query.and_then(|query| query.get("query")).or(query);
        match query {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                if let Some(kind) = variable_query(text) {
                    self.push(place, kind);
                }
            }
            Some(other) => {
                self.fail(&place, format!("`query` is {}, and not a text", type_of(other)));
            }
        }
    }

    fn read_annotation(&mut self, annotation: &'d Value) {
        if !asks_in_promql(self.plugin(annotation.get("datasource"))) {
            return;
        }
        let place = format!("annotation {}", quoted(annotation.get("name")));
        let target = annotation.get("target").filter(|target| target.get("expr").is_some());
        match text_of(target.unwrap_or(annotation), "expr") {
            Ok(Some(text)) if !text.trim().is_empty() => {
                self.push(place, QueryKind::Expression(text.to_owned()));
            }
            Ok(_) => {}
            Err(reason) => self.fail(&place, reason),
        }
    }

    fn push(&mut self, place: String, kind: QueryKind) {
        let variables = Arc::clone(&self.variables);
        self.contents.queries.push(Query { kind, variables, ..Query::new(place, "") });
    }

    fn fail(&mut self, place: &str, reason: String) {
        self.contents.errors.push((place.to_owned(), reason));
    }

    /// The type of a data source, if the dashboard tells.
    fn plugin(&self, source: Option<&'d Value>) -> Option<&'d str> {
        let source = source?;
        if let Some(plugin) = source.get("type").and_then(Value::as_str) {
            return Some(plugin);
        }
        let name = source.as_str().or_else(|| source.get("uid")?.as_str())?;
        let name = name.trim_start_matches(['$', '{']).trim_end_matches('}');
        self.plugins.get(name).copied()
    }
}

/// The types of the data sources that inputs and variables stand for.
fn plugins(dashboard: &Value) -> BTreeMap<&str, &str> {
    let text = |value: &'_ Value, key: &str| -> Option<String> {
        value.get(key).and_then(Value::as_str).map(str::to_owned)
    };
    let inputs = list(dashboard.get("__inputs"))
        .filter_map(|input| Some((input.get("name")?.as_str()?, input.get("pluginId")?.as_str()?)));
    let variables = list(dashboard.get("templating").and_then(|t| t.get("list")));
    let variables = variables.filter(|v| text(v, "type").as_deref() == Some("datasource"));
    let variables =
        variables.filter_map(|v| Some((v.get("name")?.as_str()?, v.get("query")?.as_str()?)));
    inputs.chain(variables).collect()
}

/// A variable and its values, as far as they are known.
fn variable(variable: &Value) -> Option<Variable> {
    let name = variable.get("name")?.as_str()?.to_owned();
    let query = variable.get("query").and_then(Value::as_str);
    let variable_type = variable.get("type").and_then(Value::as_str);
    Some(Variable { name, values: values(variable_type, query) })
}

fn place_of(panel: &Value) -> String {
    let title = quoted(panel.get("title"));
    match panel.get("id").and_then(Value::as_u64) {
        Some(id) => format!("panel {title} (id {id})"),
        None => format!("panel {title}"),
    }
}
