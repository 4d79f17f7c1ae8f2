//! The files with rules.

use super::alerts::Alerts;
use super::indicator::{Indicator, LeftOut};
use super::indicators::{Names, indicators};
use super::scenario::{is_testable, tests};
use super::settings::RuleSettings;
use super::yaml::{RuleFile, TestFile};
use crate::catalog::Catalog;
use crate::document::Document;
use crate::entry::Entry;

/// The rules of a catalog.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rules {
    /// For each metric with objectives, a file with rules and a file with tests for them, in the
    /// folder `prometheus`. There are no tests of rules that only VictoriaMetrics reads. Tests of
    /// exponential histograms need the `promtool` of Prometheus 3.
    pub documents: Vec<Document>,
    /// The objectives for which there are no rules, because their share of bad calls cannot be
    /// measured.
    pub left_out: Vec<LeftOut>,
}

/// Recording rules and alerts for Prometheus out of the objectives of timed functions, and tests
/// for `promtool test rules`.
///
/// Each objective has recording rules `slo:bad_calls:ratio_rate5m` and so on, and alerts on several
/// windows and burn rates, as in [Google's SRE workbook][workbook]: a page if 2 % of the budget of
/// 30 days is spent in an hour or 5 % in six hours, and a ticket if 10 % is spent in one or three
/// days.
///
/// ```
/// use typed_metrics_catalog::{Catalog, RuleSettings, rules};
///
/// // Nothing has an objective here.
/// let rules = rules(&Catalog::of_program(), &RuleSettings::default());
/// assert!(rules.documents.is_empty() && rules.left_out.is_empty());
/// ```
///
/// [workbook]: https://sre.google/workbook/alerting-on-slos/
#[must_use]
pub fn rules(catalog: &Catalog, settings: &RuleSettings) -> Rules {
    let mut rules = Rules { documents: Vec::new(), left_out: Vec::new() };
    let mut names = Names::default();
    for entry in catalog {
        let (indicators, left_out) = indicators(entry, settings, &mut names);
        if !indicators.is_empty() {
            rules.documents.extend(documents(entry, &indicators, &left_out, settings, &mut names));
        }
        rules.left_out.extend(left_out);
    }
    rules
}

fn documents(
    entry: &Entry,
    indicators: &[Indicator],
    left_out: &[LeftOut],
    settings: &RuleSettings,
    names: &mut Names,
) -> Vec<Document> {
    let words = entry.name().split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let file = names.free(&format!("{}.rules", words.join("_").to_ascii_lowercase()));
    let alerts: Vec<Alerts<'_>> =
        indicators.iter().map(|indicator| Alerts { indicator, settings }).collect();
    let groups = alerts.iter().map(Alerts::group).collect();
    let mut text = comment(&format!("Objectives of `{}`. Generated; do not edit.", entry.name()));
    left_out.iter().for_each(|left_out| text.push_str(&comment(&left_out.to_string())));
    text.push_str(&written(&RuleFile { groups }));
    let mut documents = vec![Document::new(format!("prometheus/{file}.yml"), text)];
    // A rule that `promtool` cannot read makes it refuse the whole file.
    if alerts.iter().all(is_testable) {
        let tests = alerts.iter().flat_map(tests).collect();
        let rule_files = vec![format!("{file}.yml")];
        let file_of_tests = TestFile { rule_files, evaluation_interval: "5m", tests };
        let mut text = comment("Run with `promtool test rules`. Generated; do not edit.");
        text.push_str(&written(&file_of_tests));
        documents.push(Document::new(format!("prometheus/{file}_test.yml"), text));
    }
    documents
}

/// A comment of YAML, which ends with its line.
fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {line}\n")
}

fn written(file: &impl serde::Serialize) -> String {
    // Texts in structs and lists can always be written.
    serde_saphyr::to_string(file).unwrap_or_default()
}
