//! One expression: walks through its tree.

use promql_parser::label::Labels;
use promql_parser::parser::{AggregateExpr, Call, Expr, LabelModifier};

use super::functions::{Demand, makes_labels};
use super::label_set::LabelSet;
use super::names::{Names, closest};
use super::query::Template;
use super::report::Finding;
use super::rule::Rule;
use super::series::{Kinds, Series};
use super::settings::Audit;
use super::variables::{Variables, is_stand_in};

/// The check of one expression.
pub(super) struct Check<'c, 'a> {
    pub(super) audit: &'c Audit<'a>,
    pub(super) names: &'c Names<'a>,
    /// The names of recording rules, sorted.
    pub(super) recorded: &'c [String],
    pub(super) expression: &'c str,
    pub(super) variables: &'c Variables,
    pub(super) found: Vec<Found>,
    /// The names of the catalog's metrics in the expression.
    pub(super) used: Vec<&'static str>,
    /// The names of metrics that belong to something else.
    pub(super) foreign: Vec<String>,
}

/// A broken rule, and the part of the expression that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) part: String,
    pub(super) message: String,
    pub(super) fix: String,
}

/// The surroundings of an expression.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'e> {
    /// The innermost function with a demand, and its demand.
    pub(super) function: Option<(&'e str, Demand)>,
    /// Whether only the existence of series matters.
    pub(super) is_existence: bool,
    /// Whether a quantile is computed of the expression.
    pub(super) in_quantile: bool,
}

impl<'e> Context<'e> {
    pub(super) const NONE: Self = Self { function: None, is_existence: false, in_quantile: false };

    pub(super) fn existence(self) -> Self {
        Self { is_existence: true, ..self }
    }

    fn inside(self, name: &'e str) -> Self {
        let demand = Demand::of(name);
        match demand {
            Demand::None => self,
            Demand::Existence => self.existence(),
            Demand::Histogram => Self { in_quantile: true, ..self },
            Demand::Counter | Demand::Gauge => Self { function: Some((name, demand)), ..self },
        }
    }
}

impl Check<'_, '_> {
    pub(super) fn walk(&mut self, expr: &Expr, context: Context<'_>) -> Series {
        match expr {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Series::scalar(),
            Expr::Extension(_) => Series::unknown(),
            Expr::Paren(paren) => self.walk(&paren.expr, context),
            Expr::Unary(unary) => self.walk(&unary.expr, context),
            Expr::Subquery(subquery) => self.walk(&subquery.expr, context),
            Expr::VectorSelector(selector) => self.select(selector, context),
            Expr::MatrixSelector(matrix) => self.select(&matrix.vs, context),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate, context),
            Expr::Call(call) => self.call(call, context),
            Expr::Binary(binary) => self.binary(binary, context),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr, context: Context<'_>) -> Series {
        let operator = aggregate.op.to_string();
        if let Some(parameter) = &aggregate.param {
            self.walk(parameter, Context::NONE);
        }
        let inner = match &*operator {
            "count" | "group" => context.existence(),
            _ => context,
        };
        let Series { labels, kinds } = self.walk(&aggregate.expr, inner);
        if let Some(modifier) = &aggregate.modifier {
            self.require_labels(&labels, modifier.labels(), &operator);
        }
        // These keep all labels, of a part of the series.
        let keeps_labels = matches!(
            &*operator,
            "topk" | "bottomk" | "limitk" | "limit_ratio" | "any" | "outliersk"
        );
        let result = match &aggregate.modifier {
            _ if keeps_labels => labels.clone(),
            None => LabelSet::none(),
            Some(LabelModifier::Include(by)) => LabelSet::only(&by.labels),
            Some(LabelModifier::Exclude(without)) => labels.clone().without(&without.labels),
        };
        let result = match (&*operator, aggregate.param.as_deref()) {
            ("count_values", Some(Expr::StringLiteral(label))) => result.with(&label.val),
            _ => result,
        };
        self.check_buckets(&operator, kinds, &labels, &result, context);
        Series { labels: result, kinds }
    }

    /// Buckets are cumulative, so only those of one limit can be aggregated.
    fn check_buckets(
        &mut self,
        operator: &str,
        kinds: Kinds,
        labels: &LabelSet,
        result: &LabelSet,
        context: Context<'_>,
    ) {
        if !kinds.buckets || !labels.names().any(is_limit) {
            return;
        }
        let message = match operator {
            "avg" | "min" | "max" | "stddev" | "stdvar" | "quantile" => {
                format!("`{operator}` of buckets, which are counts up to a limit, says nothing")
            }
            "sum" if !result.names().any(is_limit) && !context.in_quantile => {
                "the sum adds up buckets of different limits, each of which counts the ones below \
                 it again"
                    .to_owned()
            }
            _ => return,
        };
        let fix = "sum the buckets `by (le)`, or use the series `_sum` and `_count` for averages";
        self.report(Rule::MixedBuckets, operator, message, fix);
    }

    fn call(&mut self, call: &Call, context: Context<'_>) -> Series {
        let name = call.func.name;
        let inner = context.inside(name);
        let mut series = Series::scalar();
        for argument in &call.args.args {
            let Series { labels, kinds } = self.walk(argument, inner);
            series.labels = series.labels.union(labels);
            series.kinds = series.kinds.union(kinds);
        }
        let text = |at: usize| match call.args.args.get(at).map(|argument| &**argument) {
            Some(Expr::StringLiteral(text)) => Some(&*text.val),
            _ => None,
        };
        match name {
            _ if makes_labels(name) => series.with_labels(LabelSet::Any),
            "label_replace" | "label_join" => match text(1) {
                Some(label) => {
                    let labels = series.labels.clone().with(label);
                    series.with_labels(labels)
                }
                None => series.with_labels(LabelSet::Any),
            },
            // Makes buckets of Prometheus of those of VictoriaMetrics.
            "prometheus_buckets" => {
                let labels = series.labels.clone().without(&["vmrange".to_owned()]).with("le");
                series.with_labels(labels)
            }
            "histogram_quantile" | "histogram_share" => {
                self.check_quantile(name, &series);
                let labels =
                    series.labels.clone().without(&["le".to_owned(), "vmrange".to_owned()]);
                // A quantile is no histogram.
                let kinds = Kinds { other: true, ..Kinds::default() };
                Series { labels, kinds }
            }
            "scalar" | "vector" | "time" => Series::scalar(),
            _ => series,
        }
    }

    fn check_quantile(&mut self, function: &str, series: &Series) {
        let Series { labels, kinds } = series;
        let has_limit = labels.has("le", |_| false) || labels.has("vmrange", |_| false);
        if kinds.buckets && !has_limit {
            self.report(
                Rule::QuantileWithoutLe,
                function,
                "the quantile is computed of buckets, but their label `le` is aggregated away",
                "group by it, as in `sum by (le) (…)`",
            );
        }
        if kinds.has_no_histogram() {
            self.report(
                Rule::QuantileWithoutBuckets,
                function,
                "the quantile is computed of series that are no buckets",
                "query the series `_bucket` of a histogram, without a matcher for one `le`",
            );
        }
    }

    /// Each label must be one of `labels`.
    pub(super) fn require_labels(&mut self, labels: &LabelSet, required: &Labels, by: &str) {
        for label in &required.labels {
            self.require_label(labels, label, label, by);
        }
    }

    /// The label must be one of `labels`; `by` names what uses the label in `part`.
    pub(super) fn require_label(&mut self, labels: &LabelSet, label: &str, part: &str, by: &str) {
        if label == "__name__" || is_stand_in(label) || self.has_label(labels, label) {
            return;
        }
        let known: Vec<&str> = labels.names().collect();
        let message = match &known[..] {
            [] => format!("{by} uses the label `{label}`, but the series have no labels here"),
            known => {
                let known = known.join("`, `");
                format!("{by} uses the label `{label}`, but the series have only `{known}` here")
            }
        };
        let fix = match closest(label, known.iter().copied()) {
            Some(close) => format!("`{close}`?"),
            None => "leave it out, or keep the label in the aggregations before".to_owned(),
        };
        self.report(Rule::UnknownLabel, part, message, fix);
    }

    pub(super) fn has_label(&self, labels: &LabelSet, label: &str) -> bool {
        labels.has(label, |label| self.audit.is_ambient(label))
    }

    /// Checks that the series have the labels that the text shows.
    pub(super) fn check_template(&mut self, template: &Template, series: &Series) {
        let by = match template {
            Template::Legend(_) => "the legend",
            Template::Alert(_) => "the text of the alert",
        };
        for (label, part) in template.labels() {
            // Grafana splits a native histogram into buckets.
            if !(is_limit(label) && series.kinds.native) {
                self.require_label(&series.labels, label, part, by);
            }
        }
    }

    pub(super) fn report(
        &mut self,
        rule: Rule,
        part: &str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let found = Found { rule, part: part.to_owned(), message: message.into(), fix: fix.into() };
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }
}

/// Whether the label is the limit of a bucket, in Prometheus or in VictoriaMetrics.
fn is_limit(label: &str) -> bool {
    matches!(label, "le" | "vmrange")
}

impl Found {
    pub(super) fn at(self, file: &str, place: &str, expression: &str) -> Finding {
        Finding {
            file: file.to_owned(),
            place: place.to_owned(),
            rule: self.rule,
            position: position(expression, &self.part),
            expression: expression.to_owned(),
            part: self.part,
            message: self.message,
            fix: self.fix,
        }
    }
}

/// The first place of the part where it is not inside of a longer word.
fn position(expression: &str, part: &str) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    let is_word = |c: char| c == '_' || c == ':' || c.is_alphanumeric();
    let mut places = expression.match_indices(part).map(|(at, _)| at);
    let whole = places.clone().find(|at| {
        let before = expression[..*at].chars().next_back();
        let after = expression[at + part.len()..].chars().next();
        let starts = part.starts_with(is_word) && before.is_some_and(is_word);
        let ends = part.ends_with(is_word) && after.is_some_and(is_word);
        !starts && !ends
    });
    whole.or_else(|| places.next())
}
