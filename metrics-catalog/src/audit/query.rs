//! The queries of a file.

use std::sync::Arc;

use super::variables::Variables;

/// A query of a file.
#[derive(Debug, Clone)]
pub(super) struct Query {
    /// The place in the file.
    pub(super) place: String,
    pub(super) kind: QueryKind,
    pub(super) variables: Arc<Variables>,
    /// Texts that show labels of the result, such as a legend.
    pub(super) templates: Vec<Template>,
    /// Whether the query draws a panel of a dashboard.
    pub(super) is_shown: bool,
}

/// The kinds of queries.
#[derive(Debug, Clone)]
pub(super) enum QueryKind {
    /// PromQL.
    Expression(String),
    /// The values of a label, of the series that a selector finds.
    LabelValues { selector: String, label: String },
}

/// A text that shows labels of the result.
#[derive(Debug, Clone)]
pub(super) enum Template {
    /// A legend of Grafana, such as `{{route}}`.
    Legend(String),
    /// A template of an alert, such as `{{ $labels.route }}`.
    Alert(String),
}

/// Everything that a file contains for the audit.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) queries: Vec<Query>,
    /// The names of recording rules.
    pub(super) recorded: Vec<String>,
    /// Parts that could not be read: their places, and the reasons.
    pub(super) errors: Vec<(String, String)>,
    pub(super) is_dashboard: bool,
}

impl Query {
    /// A query without variables and templates.
    pub(super) fn new(place: impl Into<String>, expression: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            kind: QueryKind::Expression(expression.into()),
            variables: Arc::default(),
            templates: Vec::new(),
            is_shown: false,
        }
    }
}
