//! The files of Prometheus in YAML.

use serde::Serialize;
use serde_saphyr::LitString;

/// A file with rules.
#[derive(Debug, Serialize)]
pub(super) struct RuleFile {
    pub(super) groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
}

/// A recording rule or an alert.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alert: Option<String>,
    pub(super) expr: LitString,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<String>,
    pub(super) labels: Pairs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<Pairs>,
}

/// Names with texts, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

impl Serialize for Pairs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

/// A file with tests for `promtool test rules`.
#[derive(Debug, Serialize)]
pub(super) struct TestFile {
    pub(super) rule_files: Vec<String>,
    pub(super) evaluation_interval: &'static str,
    pub(super) tests: Vec<Test>,
}

#[derive(Debug, Serialize)]
pub(super) struct Test {
    pub(super) name: String,
    pub(super) interval: &'static str,
    pub(super) input_series: Vec<InputSeries>,
    #[serde(rename = "alert_rule_test")]
    pub(super) alerts: Vec<AlertTest>,
}

#[derive(Debug, Serialize)]
pub(super) struct InputSeries {
    pub(super) series: String,
    pub(super) values: String,
}

#[derive(Debug, Serialize)]
pub(super) struct AlertTest {
    pub(super) eval_time: String,
    pub(super) alertname: String,
    pub(super) exp_alerts: Vec<ExpectedAlert>,
}

#[derive(Debug, Serialize)]
pub(super) struct ExpectedAlert {
    pub(super) exp_labels: Pairs,
    pub(super) exp_annotations: Pairs,
}
