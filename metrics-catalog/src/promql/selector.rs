//! The selector of series: a metric, and what its labels match.

use std::fmt;

use super::dialect::Language;
use super::names::{bare_metric, label, quoted};

/// Series of one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) metric: String,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) language: Language,
}

/// A condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matcher {
    /// The label's name in the database.
    pub(crate) label: String,
    pub(crate) comparison: Comparison,
    pub(crate) value: Operand,
}

/// The value that a label is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// This text, or this regular expression.
    Text(String),
    /// The values of a variable of Grafana.
    Variable(String),
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Matches,
    DiffersFrom,
}

impl Selector {
    /// The same series with more conditions.
    pub(crate) fn and(&self, more: impl IntoIterator<Item = Matcher>) -> Self {
        let mut selector = self.clone();
        selector.matchers.extend(more);
        selector
    }

    /// The series of the metric with this ending, such as `_bucket`.
    pub(crate) fn ending(&self, ending: &str) -> Self {
        Self { metric: format!("{}{ending}", self.metric), ..self.clone() }
    }

    /// The same series without conditions on the labels.
    pub(crate) fn ignoring(&self, labels: &[String]) -> Self {
        let mut selector = self.clone();
        selector.matchers.retain(|matcher| !labels.contains(&matcher.label));
        selector
    }
}

impl Matcher {
    pub(crate) fn new(label: &str, comparison: Comparison, value: &str) -> Self {
        let value = Operand::Text(value.to_owned());
        Self { label: label.to_owned(), comparison, value }
    }

    /// The label has one of the chosen values of a variable.
    pub(crate) fn variable(label: &str, variable: &str) -> Self {
        let value = Operand::Variable(variable.to_owned());
        Self { label: label.to_owned(), comparison: Comparison::Matches, value }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = bare_metric(&self.metric, self.language);
        let mut parts: Vec<String> = Vec::new();
        match &bare {
            Some(name) => f.write_str(name)?,
            None => parts.push(quoted(&self.metric)),
        }
        for Matcher { label: name, comparison, value } in &self.matchers {
            let value = match value {
                Operand::Text(text) => quoted(text),
                Operand::Variable(name) => format!("\"${name}\""),
            };
            parts.push(format!("{}{}{value}", label(name, self.language), comparison.operator()));
        }
        if bare.is_some() && parts.is_empty() {
            return Ok(());
        }
        write!(f, "{{{}}}", parts.join(", "))
    }
}

impl Comparison {
    fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::DiffersFrom => "!~",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_needs_quotes_is_inside_of_the_braces() {
        let selector = |metric: &str, language| Selector {
            metric: metric.to_owned(),
            matchers: vec![Matcher::new("a.b", Comparison::Equal, "x\"y")],
            language,
        };
        let text = |metric, language| selector(metric, language).to_string();
        assert_eq!(text("m", Language::PromQl), r#"m{"a.b"="x\"y"}"#);
        assert_eq!(text("m.n", Language::PromQl), r#"{"m.n", "a.b"="x\"y"}"#);
        assert_eq!(text("m.n", Language::MetricsQl), r#"m\.n{a\.b="x\"y"}"#);
        let none = Selector { matchers: Vec::new(), ..selector("m.n", Language::PromQl) };
        assert_eq!(none.to_string(), r#"{"m.n"}"#);
    }
}
