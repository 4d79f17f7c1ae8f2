//! The JSON model of a dashboard, as far as it is used here.
//!
//! The names are those of [Grafana's schema](https://grafana.com/docs/grafana/v11.6/dashboards/build-dashboards/view-dashboard-json-model/).

use serde::Serialize;
use serde_json::Value;

use super::sorted;

/// The schema of Grafana 11.0, which later versions migrate.
pub(super) const SCHEMA_VERSION: u32 = 39;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard {
    pub(super) uid: String,
    pub(super) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) editable: bool,
    /// 1 is a crosshair that all panels share.
    pub(super) graph_tooltip: u32,
    pub(super) time: TimeRange,
    pub(super) timezone: &'static str,
    pub(super) refresh: String,
    pub(super) schema_version: u32,
    pub(super) links: Vec<Link>,
    pub(super) templating: Templating,
    pub(super) annotations: Annotations,
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Serialize)]
pub(super) struct TimeRange {
    pub(super) from: String,
    pub(super) to: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the model of Grafana")]
pub(super) struct Link {
    pub(super) title: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) icon: &'static str,
    pub(super) url: String,
    pub(super) tooltip: &'static str,
    pub(super) tags: Vec<String>,
    pub(super) as_dropdown: bool,
    pub(super) target_blank: bool,
    pub(super) include_vars: bool,
    pub(super) keep_time: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Templating {
    pub(super) list: Vec<Variable>,
}

#[derive(Debug, Serialize)]
pub(super) struct Annotations {
    #[serde(serialize_with = "sorted::list")]
    pub(super) list: Vec<Value>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(serialize_with = "sorted::value")]
    pub(super) query: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSource>,
    /// The part of an answer that is the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sort: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) options: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<Choice>,
    pub(super) multi: bool,
    pub(super) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) all_value: Option<&'static str>,
    /// 0 shows the label and the value.
    pub(super) hide: u32,
}

/// A value of a variable that can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) selected: bool,
    #[serde(serialize_with = "sorted::value")]
    pub(super) text: Value,
    #[serde(serialize_with = "sorted::value")]
    pub(super) value: Value,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct DataSource {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) uid: &'static str,
}

impl DataSource {
    /// The one that the user selects.
    pub(super) const SELECTED: Self = Self { kind: "prometheus", uid: "${datasource}" };
}

impl Link {
    /// A link to the reference of all metrics, or to one of them.
    pub(super) fn documentation(url: String) -> Self {
        Self {
            title: "Documentation".to_owned(),
            kind: "link",
            icon: "doc",
            url,
            tooltip: "",
            tags: Vec::new(),
            as_dropdown: false,
            target_blank: true,
            include_vars: false,
            keep_time: false,
        }
    }
}

/// A place on the grid, which has 24 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct GridPos {
    pub(super) h: u32,
    pub(super) w: u32,
    pub(super) x: u32,
    pub(super) y: u32,
}

/// A panel, or a row.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel {
    pub(super) id: u32,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    pub(super) grid_pos: GridPos,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) targets: Vec<Target>,
    #[serde(skip_serializing_if = "Value::is_null")]
    #[serde(serialize_with = "sorted::value")]
    pub(super) field_config: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    #[serde(serialize_with = "sorted::value")]
    pub(super) options: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(serialize_with = "sorted::list")]
    pub(super) transformations: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
    /// The panels of a row that is collapsed, and whether a row is.
    #[serde(flatten)]
    pub(super) row: Option<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) collapsed: bool,
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub(super) ref_id: String,
    pub(super) datasource: DataSource,
    pub(super) expr: String,
    pub(super) editor_mode: &'static str,
    pub(super) legend_format: String,
    pub(super) range: bool,
    pub(super) instant: bool,
    pub(super) format: &'static str,
    pub(super) exemplar: bool,
}
