//! A selector: its metric, labels and values.

use std::collections::BTreeMap;

use promql_parser::label::{METRIC_NAME, MatchOp, Matcher};
use promql_parser::parser::VectorSelector;

use super::buckets::missing_limit;
use super::check::{Check, Context};
use super::functions::Demand;
use super::label_set::LabelSet;
use super::matchers::{asks_for_absence, named_values};
use super::names::{Part, Sample, closest};
use super::rule::Rule;
use super::series::{Kinds, Series};
use super::variables::is_stand_in;
use crate::entry::{Kind, LabelValues};

impl Check<'_, '_> {
    /// The series of a selector.
    pub(super) fn select(&mut self, selector: &VectorSelector, context: Context<'_>) -> Series {
        let all = || {
            let more = selector.matchers.or_matchers.iter().flatten();
            selector.matchers.matchers.iter().chain(more)
        };
        let names: Vec<&Matcher> = all().filter(|matcher| matcher.name == METRIC_NAME).collect();
        let name = match (&selector.name, &names[..]) {
            (Some(name), _) => name,
            (None, [Matcher { op: MatchOp::Equal, value, .. }]) => value,
            (None, names) => return self.select_by_pattern(names),
        };
        if is_stand_in(name) {
            return Series::unknown();
        }
        let Some(sample) = self.names.get(name).cloned() else {
            self.check_unknown(name);
            return Series::unknown();
        };
        self.used.push(sample.entry.name());
        if let Some(new) = &sample.renamed_to {
            let message = format!("`{name}` is the old name of `{new}`");
            let fix = format!("query `{new}`, before `was` and the old name are gone");
            self.report(Rule::RenamedMetric, name, message, fix);
        }
        self.check_kind(name, &sample, context);
        let labels = self.labels_of(&sample);
        let matchers: Vec<&Matcher> = all().filter(|m| m.name != METRIC_NAME).collect();
        for matcher in &matchers {
            self.check_matcher(name, &sample, labels.as_ref(), matcher);
        }
        let has_one_limit = matchers.iter().any(|matcher| matcher.name == "le");
        let kinds = Kinds {
            buckets: sample.part == Part::Bucket && !has_one_limit,
            native: sample.is_native(),
            other: !sample.is_native() && (sample.part != Part::Bucket || has_one_limit),
            unknown: false,
        };
        let labels = match labels {
            Some(labels) => LabelSet::Of { names: labels.into_keys().collect(), has_ambient: true },
            None => LabelSet::Any,
        };
        Series { labels, kinds }
    }

    /// The labels of the series; `None` if they are known only at run time.
    fn labels_of(&self, sample: &Sample<'_>) -> Option<BTreeMap<String, LabelValues>> {
        let mut labels = sample.labels(&self.audit.naming)?;
        if sample.part == Part::Bucket {
            // VictoriaMetrics keeps the buckets of exponential histograms by `vmrange`.
            let limits = ["le", "vmrange"].map(|label| (label.to_owned(), LabelValues::Open));
            labels.extend(limits);
        }
        Some(labels)
    }

    fn check_unknown(&mut self, name: &str) {
        if self.recorded.binary_search_by(|known| (**known).cmp(name)).is_ok() {
            return;
        }
        if self.audit.is_foreign(name) || self.names.is_foreign(name) {
            self.foreign.push(name.to_owned());
            return;
        }
        let (message, fix) = if name.contains(':') {
            (
                format!("no rule of these files records `{name}`"),
                "give the file with the recording rule to the audit too".to_owned(),
            )
        } else {
            let fix = match self.names.suggestion(name) {
                Some(close) => format!("`{close}`?"),
                None => {
                    "query a metric of the catalog, or list the name as a foreign one".to_owned()
                }
            };
            (format!("the catalog has no metric `{name}`"), fix)
        };
        self.report(Rule::UnknownMetric, name, message, fix);
    }

    /// Names that a pattern selects.
    fn select_by_pattern(&mut self, names: &[&Matcher]) -> Series {
        if names.iter().any(|matcher| is_stand_in(&matcher.value)) || names.is_empty() {
            return Series::unknown();
        }
        let selects = |name: &str| names.iter().all(|matcher| matcher.is_match(name));
        let known: Vec<&'static str> = self
            .names
            .iter()
            .filter(|(name, _)| selects(name))
            .map(|(_, sample)| sample.entry.name())
            .collect();
        let is_recorded = self.recorded.iter().any(|name| selects(name));
        let is_positive = names.iter().find(|matcher| matches!(matcher.op, MatchOp::Re(_)));
        if let Some(pattern) = is_positive
            && known.is_empty()
            && !is_recorded
            && !self.audit.is_foreign(&pattern.value)
            && !self.names.is_foreign(&pattern.value)
        {
            let pattern = &pattern.value;
            let message = format!("no metric of the catalog has a name that `{pattern}` matches");
            self.report(Rule::UnknownMetric, pattern, message, "correct or remove the pattern");
        }
        self.used.extend(known);
        Series::unknown()
    }

    fn check_kind(&mut self, name: &str, sample: &Sample<'_>, context: Context<'_>) {
        let kind = sample.entry.kind();
        let uses_ranges = self.expression.contains("vmrange");
        if sample.part == Part::Bucket && kind == Kind::ExponentialHistogram && !uses_ranges {
            let bare = name.strip_suffix("_bucket").unwrap_or(name);
            let message = format!(
                "`{bare}` is an exponential histogram, which is one native histogram in Prometheus \
                 and has no series `{name}`"
            );
            let fix = format!("query `{bare}`; in VictoriaMetrics, group by `vmrange`");
            self.report(Rule::NoClassicBuckets, name, message, fix);
        }
        if sample.part == Part::Value
            && matches!(kind, Kind::Histogram(_))
            && !self.audit.converts_classic_histograms()
        {
            let message = format!("`{name}` has fixed buckets, so no series has this name alone");
            let fix = format!(
                "query `{name}_bucket`, `{name}_count` or `{name}_sum`; if Prometheus converts \
                 classic histograms to native ones, say so in the settings of the audit"
            );
            self.report(Rule::NoNativeHistogram, name, message, fix);
            return;
        }
        match context.function {
            _ if sample.part == Part::Created => {}
            Some((function, Demand::Counter)) if !sample.is_counter() => {
                let fix = "use `deriv` or `delta`, or show the value as it is";
                let message = format!(
                    "`{function}` takes each fall of `{name}`, which is {}, for a restart",
                    in_prose(kind)
                );
                self.report(Rule::RateOfGauge, name, message, fix);
            }
            Some((function, Demand::Gauge)) if sample.is_counter() => {
                let message = format!(
                    "`{function}` shows a fall of `{name}` whenever a process restarts, because \
                     it is a counter"
                );
                let fix = "use `increase`, `rate` or `irate`";
                self.report(Rule::DeltaOfCounter, name, message, fix);
            }
            None if sample.is_counter() && !context.is_existence => {
                let message = format!(
                    "`{name}` counts from the start of each process, so its value says little"
                );
                let fix = format!("use `rate({name}[…])` or `increase({name}[…])`");
                self.report(Rule::RawCounter, name, message, fix);
            }
            _ => {}
        }
    }

    fn check_matcher(
        &mut self,
        name: &str,
        sample: &Sample<'_>,
        labels: Option<&BTreeMap<String, LabelValues>>,
        matcher: &Matcher,
    ) {
        let label = &matcher.name;
        let Some(labels) = labels else { return };
        if is_stand_in(label) || asks_for_absence(matcher) {
            return;
        }
        match labels.get(label) {
            Some(LabelValues::Fixed(values)) => self.check_values(matcher, values),
            Some(LabelValues::Open) => {
                if let (true, Kind::Histogram(limits)) = (label == "le", sample.entry.kind()) {
                    self.check_limits(matcher, limits);
                }
            }
            None if self.audit.is_ambient(label) => {}
            None => {
                let known = labels.keys().map(String::as_str);
                let fix = match closest(label, known.clone()) {
                    Some(close) => format!("`{close}`?"),
                    None => "remove the matcher, or list the label as one that targets add".into(),
                };
                let known = known.collect::<Vec<_>>().join("`, `");
                let message = if known.is_empty() {
                    format!("`{name}` has no label `{label}`, and no other")
                } else {
                    format!("`{name}` has no label `{label}`; its labels are `{known}`")
                };
                self.report(Rule::UnknownLabel, label, message, fix);
            }
        }
    }

    fn check_values(&mut self, matcher: &Matcher, values: &[String]) {
        let label = &matcher.name;
        let Some(named) = named_values(matcher, self.variables) else {
            let finds_none = !values.iter().any(|value| matcher.is_match(value));
            let is_pattern = matches!(matcher.op, MatchOp::Re(_)) && !is_stand_in(&matcher.value);
            if is_pattern && finds_none && !matcher.is_match("") {
                let pattern = &matcher.value;
                let message = format!("`{label}` has no value that `{pattern}` matches");
                let fix = format!("the values are `{}`", some_of(values));
                self.report(Rule::UnknownLabelValue, pattern, message, fix);
            }
            return;
        };
        let is_known =
            |value: &String| values.contains(value) || self.names.has_label_value(label, value);
        let unknown = named.own.into_iter().filter(|value| !values.contains(value));
        let options = named.of_variables.into_iter().filter(|value| !is_known(value));
        for value in unknown.chain(options).collect::<Vec<_>>() {
            let message = format!("`{label}` never has the value `{value}`");
            let fix = match closest(&value, values.iter().map(String::as_str)) {
                Some(close) => format!("`{close}`?"),
                None => format!("the values are `{}`", some_of(values)),
            };
            self.report(Rule::UnknownLabelValue, &value, message, fix);
        }
    }

    fn check_limits(&mut self, matcher: &Matcher, limits: &[f64]) {
        for limit in named_values(matcher, self.variables).unwrap_or_default().own {
            if let Some(near) = missing_limit(limits, &limit) {
                let message = format!("no bucket has the limit `{limit}`");
                let fix = format!("the nearest limits are {near}");
                self.report(Rule::UnknownBucket, &limit, message, fix);
            }
        }
    }
}

fn in_prose(kind: Kind) -> &'static str {
    match kind {
        Kind::UpDownCounter => "an up-down counter",
        Kind::State(_) => "a state",
        Kind::Info => "an info",
        _ => "a gauge",
    }
}

/// The first values, for a text.
fn some_of(values: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = values.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("`, `");
    if values.len() > SHOWN { format!("{shown}`, `…") } else { shown }
}
