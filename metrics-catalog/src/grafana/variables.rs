//! The variables of a dashboard: the data source, the program, and labels.

use std::collections::BTreeMap;

use serde_json::json;
use typed_metrics_prometheus::Naming;

use super::model::{Choice, DataSource, Variable};
use super::settings::DashboardSettings;
use super::text::title;
use crate::entry::{Entry, LabelValues};
use crate::promql::dialect::Language;
use crate::promql::errors::FailureLabel;
use crate::promql::names::{label as label_name, literal_pattern, quoted};
use crate::promql::series::Series;

/// More variables than these are no help.
const MOST: usize = 6;

/// A label with more values is no variable.
const MOST_VALUES: usize = 30;

/// The metrics among which Grafana looks for programs and processes.
const ASKED: usize = 12;

/// Names that other variables have, or that Grafana keeps.
const TAKEN: [&str; 3] = ["datasource", "job", "instance"];

/// The variables of a dashboard.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// By label: the variable and the values.
    labels: BTreeMap<&'static str, (String, Vec<String>)>,
}

impl Variables {
    /// The variables for labels of the metrics: those with few values, which most metrics have.
    ///
    /// A label that tells failures, such as an outcome or a status, is none, because a share of
    /// errors needs all outcomes. The label of a state is none, because a timeline needs all
    /// states.
    pub(super) fn new(entries: &[&Entry]) -> Self {
        let mut found: BTreeMap<&'static str, (usize, Option<Vec<String>>)> = BTreeMap::new();
        for entry in entries {
            let state = entry.descriptor().state_label();
            for label in entry.labels() {
                let is_whole = FailureLabel::is_told_by(&label) || state == Some(label.name);
                let (count, values) = found.entry(label.name).or_insert((0, Some(Vec::new())));
                *count += 1;
                match (label.values, &mut *values) {
                    (LabelValues::Fixed(more), Some(values)) if !is_whole => values.extend(more),
                    _ => *values = None,
                }
            }
        }
        let mut chosen: Vec<_> = found
            .into_iter()
            .filter_map(|(label, (count, values))| {
                let mut values = values?;
                values.sort();
                values.dedup();
                let is_useful = (2..=MOST_VALUES).contains(&values.len());
                (is_useful && values.iter().all(|value| is_a_choice(value)))
                    .then_some((count, label, values))
            })
            .collect();
        chosen.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        chosen.truncate(MOST);
        let mut variables = Self::default();
        for (_, label, values) in chosen {
            let name = variables.free_name(label);
            variables.labels.insert(label, (name, values));
        }
        variables
    }

    /// The name of the label's variable.
    pub(super) fn of_label(&self, label: &str) -> Option<&str> {
        self.labels.get(label).map(|(name, _)| name.as_str())
    }

    /// A name of word characters that no other variable has.
    fn free_name(&self, label: &str) -> String {
        let name = Naming::default().label_name(label).into_owned();
        let is_taken = |name: &str| {
            TAKEN.contains(&name)
                || name.starts_with("__")
                || self.labels.values().any(|(taken, _)| taken == name)
        };
        let mut free = name.clone();
        let mut number = 1;
        while is_taken(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        free
    }

    /// All variables of the dashboard of these metrics.
    pub(super) fn all(&self, entries: &[&Entry], settings: &DashboardSettings) -> Vec<Variable> {
        let dialect = &settings.dialect;
        let present: Vec<String> = entries
            .iter()
            .take(ASKED)
            .map(|entry| Series::new(entry, dialect, Vec::new()).present_name())
            .collect();
        let mut variables = vec![data_source()];
        let identity =
            [("job", "Job", dialect.job()), ("instance", "Instance", dialect.instance())];
        for (name, label, in_database) in identity {
            let chosen = (name == "instance").then(|| dialect.job());
            variables.push(identity_variable(
                name,
                label,
                &in_database,
                chosen.as_deref(),
                &present,
                dialect.language(),
            ));
        }
        for (label, (name, values)) in &self.labels {
            variables.push(choices(name, &title(label), values));
        }
        variables
    }
}

/// Whether Grafana reads the value back from a list. ` : ` separates a text from its value there.
fn is_a_choice(value: &str) -> bool {
    let is_plain = |c: char| !(c.is_control() || c == '\\' || c == '$' || c == ',');
    !value.is_empty()
        && value.trim() == value
        && value.chars().all(is_plain)
        && !value.contains(" : ")
}

fn data_source() -> Variable {
    Variable {
        name: "datasource".to_owned(),
        label: "Data source".to_owned(),
        kind: "datasource",
        query: json!("prometheus"),
        datasource: None,
        regex: None,
        refresh: Some(1),
        sort: None,
        options: Vec::new(),
        current: None,
        multi: false,
        include_all: false,
        all_value: None,
        hide: 0,
    }
}

fn every() -> Choice {
    Choice { selected: true, text: json!(["All"]), value: json!(["$__all"]) }
}

/// A variable whose values Grafana asks the database for.
fn identity_variable(
    name: &str,
    label: &str,
    in_database: &str,
    job: Option<&str>,
    present: &[String],
    language: Language,
) -> Variable {
    let metrics: Vec<String> = present.iter().map(|name| literal_pattern(name)).collect();
    let mut selector = format!("__name__=~{}", quoted(&metrics.join("|")));
    if let Some(job) = job {
        let job = label_name(job, language);
        selector = format!("{selector}, {job}=~\"$job\"");
    }
    let in_query = label_name(in_database, language);
    let (query, regex) = if in_query == in_database {
        (format!("label_values({{{selector}}}, {in_database})"), None)
    } else {
        // `label_values` takes classic names alone. The text of a result is `{name="value"} …`.
        let regex = format!("/{}=\"([^\"]*)\"/", literal_pattern(in_database));
        (format!("query_result(group by ({in_query}) ({{{selector}}}))"), Some(regex))
    };
    Variable {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: "query",
        query: json!({ "query": query, "refId": format!("Variable-{name}") }),
        datasource: Some(DataSource::SELECTED),
        regex,
        // 2 asks again when the time range changes.
        refresh: Some(2),
        sort: Some(1),
        options: Vec::new(),
        current: Some(every()),
        multi: true,
        include_all: true,
        // Also selects series that lack the label.
        all_value: Some(".*"),
        hide: 0,
    }
}

/// A variable with these values.
fn choices(name: &str, label: &str, values: &[String]) -> Variable {
    let all = Choice { selected: true, text: json!("All"), value: json!("$__all") };
    let options = values.iter().map(|value| Choice {
        selected: false,
        text: json!(value),
        value: json!(value),
    });
    Variable {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: "custom",
        query: json!(values.join(",")),
        datasource: None,
        regex: None,
        refresh: None,
        sort: None,
        options: [all].into_iter().chain(options).collect(),
        current: Some(every()),
        multi: true,
        include_all: true,
        all_value: Some(".*"),
        hide: 0,
    }
}
