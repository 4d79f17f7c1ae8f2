//! The dashboard model of Grafana 12, schema version 2: elements by name, and resources in them.

use std::sync::Arc;

use serde_json::Value;

use super::data_source::asks_in_promql;
use super::json::{list, quoted, text_of};
use super::query::{Contents, Query, Template};
use super::variable_query::{values, variable_query};
use super::variables::{Variable, Variables};

/// The queries of a dashboard's `spec`.
pub(super) fn read(spec: &Value) -> Contents {
    let variables = list(spec.get("variables")).filter_map(variable).collect();
    let mut reader =
        Reader { contents: Contents::default(), variables: Arc::new(Variables(variables)) };
    for variable in list(spec.get("variables")) {
        reader.read_variable(variable);
    }
    for annotation in list(spec.get("annotations")) {
        let spec = &annotation["spec"];
        let place = format!("annotation {}", quoted(spec.get("name")));
        reader.read_query(&spec["query"], place, None, false);
    }
    for (name, element) in spec.get("elements").and_then(Value::as_object).into_iter().flatten() {
        reader.read_element(name, element);
    }
    reader.contents
}

struct Reader {
    contents: Contents,
    variables: Arc<Variables>,
}

impl Reader {
    fn read_element(&mut self, name: &str, element: &Value) {
        let spec = &element["spec"];
        let title = quoted(spec.get("title"));
        let place = match spec.get("id").and_then(Value::as_u64) {
            Some(id) => format!("panel {title} (id {id})"),
            None => format!("panel {title}"),
        };
        if element.get("kind").and_then(Value::as_str) == Some("LibraryPanel") {
            let reason =
                format!("the element {name:?} is a library panel that is not in this file");
            self.contents.errors.push((place, reason));
            return;
        }
        for query in list(spec["data"]["spec"].get("queries")) {
            let spec = &query["spec"];
            let place = match spec.get("refId").and_then(Value::as_str) {
                Some(id) => format!("{place}, query {id}"),
                None => place.clone(),
            };
            let legend = spec["query"]["spec"].get("legendFormat").and_then(Value::as_str);
            self.read_query(&spec["query"], place, legend, true);
        }
    }

    /// Reads a query: `{"kind": "DataQuery", "group": "prometheus", "spec": {"expr": …}}`, or with
    /// the type as its kind.
    fn read_query(&mut self, query: &Value, place: String, legend: Option<&str>, is_shown: bool) {
        if !asks_in_promql(plugin(query)) {
            return;
        }
        match text_of(&query["spec"], "expr") {
            Ok(Some(text)) if !text.trim().is_empty() => {
                let legend = legend.filter(|legend| *legend != "__auto");
                self.contents.queries.push(Query {
                    templates: legend
                        .map(|text| Template::Legend(text.into()))
                        .into_iter()
                        .collect(),
                    variables: Arc::clone(&self.variables),
                    is_shown,
                    ..Query::new(place, text)
                });
            }
            Ok(_) => {}
            Err(reason) => self.contents.errors.push((place, reason)),
        }
    }

    fn read_variable(&mut self, variable: &Value) {
        let spec = &variable["spec"];
        let is_query = variable.get("kind").and_then(Value::as_str) == Some("QueryVariable");
        if !is_query || !asks_in_promql(plugin(&spec["query"])) {
            return;
        }
        let query = &spec["query"]["spec"];
        let text = ["query", "__legacyStringValue"].iter().find_map(|key| query.get(key)?.as_str());
        let text = text.or_else(|| spec.get("definition")?.as_str());
        let Some(kind) = text.and_then(variable_query) else { return };
        self.contents.queries.push(Query {
            kind,
            variables: Arc::clone(&self.variables),
            ..Query::new(format!("variable {}", quoted(spec.get("name"))), "")
        });
    }
}

fn plugin(query: &Value) -> Option<&str> {
    let kind = query.get("kind").and_then(Value::as_str);
    kind.filter(|kind| *kind != "DataQuery").or_else(|| query.get("group")?.as_str())
}

fn variable(variable: &Value) -> Option<Variable> {
    let spec = &variable["spec"];
    let name = spec.get("name")?.as_str()?.to_owned();
    let query = spec.get("query").and_then(Value::as_str);
    let variable_type = match variable.get("kind").and_then(Value::as_str) {
        Some("ConstantVariable") => Some("constant"),
        Some("IntervalVariable") => Some("interval"),
        Some("CustomVariable") => Some("custom"),
        _ => None,
    };
    Some(Variable { name, values: values(variable_type, query) })
}
