//! The result of an audit.

use serde::Serialize;

use super::rule::Rule;

/// The result of an [audit](crate::audit), in the order of the files and of what is in them.
///
/// The text of the report is for people, and its serialized form for programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The queries that break a rule.
    pub findings: Vec<Finding>,
    /// Files and parts of files that could not be read.
    pub errors: Vec<FileError>,
    /// Metrics that belong to something else than the program, each with its first use, by name.
    pub foreign: Vec<ForeignMetric>,
    /// Metrics of the catalog that no panel of a dashboard shows, by name. Empty if there was no
    /// dashboard among the files.
    pub unused: Vec<String>,
    /// The number of dashboards.
    pub dashboards: usize,
    /// The number of expressions.
    pub expressions: usize,
    /// The number of findings that a setting or a comment allows.
    pub allowed: usize,
}

impl Report {
    /// Whether every file was read and no query breaks a rule. Foreign metrics and metrics on no
    /// dashboard do not count.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.errors.is_empty()
    }
}

/// A query that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The path of the file.
    pub file: String,
    /// The place in the file, such as `panel "Orders" (id 3), query A`.
    pub place: String,
    /// The rule.
    pub rule: Rule,
    /// The expression, as the file has it.
    pub expression: String,
    /// The part of the expression that is meant.
    pub part: String,
    /// The first byte of the part in the expression, if the part stands there as it is.
    pub position: Option<usize>,
    /// The mistake.
    pub message: String,
    /// How to correct the mistake.
    pub fix: String,
}

/// A file, or a part of it, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileError {
    /// The path of the file.
    pub file: String,
    /// The place in the file; empty if the whole file is meant.
    pub place: String,
    /// The reason.
    pub message: String,
}

/// A metric that belongs to something else than the program, such as `up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ForeignMetric {
    /// The name in the query.
    pub name: String,
    /// The path of the file with the first use.
    pub file: String,
    /// The place of the first use.
    pub place: String,
}
