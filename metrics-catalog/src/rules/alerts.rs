//! The recording rules and the alerts of an objective.

use serde_saphyr::LitString;
use typed_metrics_core::Objective;

use super::burn::{BURNS, Burn, WINDOWS};
use super::indicator::Indicator;
use super::settings::RuleSettings;
use super::template::escaped;
use super::yaml::{Group, Pairs, Rule};
use crate::promql::dialect::Language;
use crate::promql::selector::{Comparison, Matcher, Selector};

/// The rules of an indicator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alerts<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) settings: &'a RuleSettings,
}

impl Alerts<'_> {
    pub(super) fn group(&self) -> Group {
        let recorded = WINDOWS.iter().map(|window| self.recording(window));
        let alerts = self.burns().map(|burn| self.alert(burn));
        Group { name: self.indicator.name.clone(), rules: recorded.chain(alerts).collect() }
    }

    /// The alerts that can fire. With a large budget, even a share of 1 spends it too slowly for
    /// the fastest alert.
    pub(super) fn burns(&self) -> impl Iterator<Item = &'static Burn> + use<> {
        let budget = self.indicator.budget();
        BURNS.iter().filter(move |burn| burn.is_possible(budget))
    }

    fn recording(&self, window: &str) -> Rule {
        Rule {
            record: Some(recorded_name(window)),
            alert: None,
            expr: LitString(self.indicator.bad_share(window)),
            pending: None,
            labels: Pairs(vec![("slo".to_owned(), self.indicator.name.clone())]),
            annotations: None,
        }
    }

    fn alert(&self, burn: &Burn) -> Rule {
        let recorded = |window| Selector {
            metric: recorded_name(window),
            matchers: vec![Matcher::new("slo", Comparison::Equal, &self.indicator.name)],
            language: Language::PromQl,
        };
        let (factor, budget) = (burn.factor, self.indicator.budget());
        let above = |window| format!("{} > {factor} * {budget}", recorded(window));
        Rule {
            record: None,
            alert: Some(self.alert_name()),
            expr: LitString(format!("{}\nand\n{}", above(burn.long), above(burn.short))),
            pending: Some(burn.pending.to_owned()),
            labels: Pairs(self.labels(burn)),
            annotations: Some(self.annotations(burn, None)),
        }
    }

    pub(super) fn alert_name(&self) -> String {
        let words = self.indicator.name.split('_').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            format!("{}{rest}", first.to_ascii_uppercase())
        });
        format!("{}BudgetBurn", words.collect::<String>())
    }

    /// The labels that the alert adds.
    pub(super) fn labels(&self, burn: &Burn) -> Vec<(String, String)> {
        let labels = [
            ("slo", self.indicator.name.as_str()),
            ("severity", burn.severity),
            ("long_window", burn.long),
            ("short_window", burn.short),
        ];
        labels.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// The annotations: as templates, or as they are for a share of bad calls.
    pub(super) fn annotations(&self, burn: &Burn, share: Option<&str>) -> Pairs {
        let indicator = self.indicator;
        let objective = indicator.objective;
        let bad = match objective {
            Objective::Latency { within, .. } => format!("took longer than {within:?}"),
            _ => "failed".to_owned(),
        };
        let functions: Vec<String> = indicator
            .functions
            .iter()
            .map(|function| match function.module {
                "" => format!("`{}`", function.item),
                module => format!("`{module}::{}`", function.item),
            })
            .collect();
        let written = |text: &str| if share.is_some() { text.to_owned() } else { escaped(text) };
        let value = share.unwrap_or("{{ $value | humanizePercentage }}");
        let mut description = format!(
            "In the last {long}, {value} of the calls {bad}. {rest}",
            long = burn.long,
            rest = written(&format!(
                "The objective of {} is: {objective}. This is more than {} times the share that \
                 uses up the budget of 30 days in 30 days. The metric is `{}`.",
                functions.join(", "),
                burn.factor,
                indicator.metric,
            )),
        );
        if let Some(caveat) = &indicator.caveat {
            description.push(' ');
            description.push_str(&written(caveat));
        }
        let summary = written(&format!("Too many calls of {} {bad}", functions.join(", ")));
        let mut annotations =
            vec![("summary".to_owned(), summary), ("description".to_owned(), description)];
        if let Some(url) = &self.settings.runbook {
            let url = url.replace("{slo}", &indicator.name);
            annotations.push(("runbook_url".to_owned(), written(&url)));
        }
        Pairs(annotations)
    }
}

/// The name of the recorded share of bad calls.
fn recorded_name(window: &str) -> String {
    format!("slo:bad_calls:ratio_rate{window}")
}
