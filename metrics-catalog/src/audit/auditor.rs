//! The audit of files.

use std::collections::{BTreeMap, BTreeSet};

use typed_metrics_prometheus::Naming;

use super::check::{Check, Context, Found};
use super::dashboard;
use super::expression::allowed_codes;
use super::names::Names;
use super::query::{Contents, Query, QueryKind};
use super::report::{FileError, ForeignMetric, Report};
use super::rule::Rule;
use super::rules_file;
use super::settings::Audit;
use super::variables::Variables;
use crate::catalog::Catalog;

/// Audits dashboards and rules: looks for queries that the catalog cannot answer.
///
/// The files are Grafana dashboards in JSON (also those of Grafana 12, and answers of its API), and
/// rules of Prometheus, of its operator and of Grafana in YAML. [`Audit`] has the settings.
///
/// ```standalone_crate
/// use typed_metrics_catalog::{Catalog, Rule, audit};
/// use typed_metrics_prometheus::Naming;
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_derive::Metrics;
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "bakery")]
/// # #[metrics(crate = typed_metrics_core)]
/// enum Bakery<'a> {
///     #[counter(unit = "{loaf}")]
///     Loaves { grain: &'a str },
/// }
///
/// let rules = r#"
/// groups:
///   - name: bakery
///     rules:
///       - alert: NoRye
///         expr: rate(bakery_loafs_total{grain="rye"}[5m]) == 0
/// "#;
/// let report = audit(&Catalog::of_program(), &Naming::default(), &[("rules.yaml", rules)]);
/// let [finding] = &report.findings[..] else { panic!("{report}") };
/// assert_eq!((finding.rule, &*finding.part), (Rule::UnknownMetric, "bakery_loafs_total"));
/// assert_eq!(finding.place, "group \"bakery\", alert \"NoRye\" (line 6)");
/// assert_eq!(finding.fix, "`bakery_loaves_total`?");
/// assert!(!report.is_clean());
/// ```
///
/// - Grafana's variables are replaced first. A variable whose values are in the dashboard is
///   checked with all of them.
/// - An unknown metric whose first word no metric of the catalog shares, such as `up`, is listed
///   as a foreign one. Names that recording rules of the same files make are known.
/// - A comment in an expression allows to break rules there:
///   `# typed-metrics: allow raw-counter, unknown-label`.
pub fn audit(
    catalog: &Catalog,
    naming: &Naming,
    files: &[(impl AsRef<str>, impl AsRef<str>)],
) -> Report {
    Audit::new(catalog).naming(naming.clone()).run(files)
}

impl<'a> Audit<'a> {
    /// Audits files: pairs of a path, which is only shown, and the text.
    #[must_use]
    pub fn run(&self, files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Report {
        let mut report = Report::default();
        let mut all: Vec<(&str, Contents)> = Vec::with_capacity(files.len());
        for (path, text) in files {
            let (path, text) = (path.as_ref(), text.as_ref());
            match read(text) {
                Ok(contents) => all.push((path, contents)),
                Err(message) => {
                    report.errors.push(FileError {
                        file: path.into(),
                        place: String::new(),
                        message,
                    });
                }
            }
        }
        let recorded = all.iter().flat_map(|(_, contents)| contents.recorded.iter().cloned());
        let mut recorded: Vec<String> = recorded.collect();
        recorded.sort();
        let names = Names::new(self.catalog, &self.naming);
        let mut seen = Seen::default();
        for (path, contents) in all {
            report.dashboards += usize::from(contents.is_dashboard);
            for query in &contents.queries {
                self.check(path, query, &names, &recorded, &mut report, &mut seen);
            }
            report.errors.extend(contents.errors.into_iter().map(|(place, message)| FileError {
                file: path.into(),
                place,
                message,
            }));
        }
        report.foreign = seen.foreign.into_values().collect();
        if report.dashboards > 0 {
            let unused = self.catalog.iter().map(|entry| entry.name());
            report.unused =
                unused.filter(|name| !seen.shown.contains(name)).map(str::to_owned).collect();
        }
        report
    }

    fn check(
        &self,
        path: &str,
        query: &Query,
        names: &Names<'a>,
        recorded: &[String],
        report: &mut Report,
        seen: &mut Seen,
    ) {
        report.expressions += 1;
        let expression = match &query.kind {
            QueryKind::Expression(text) | QueryKind::LabelValues { selector: text, .. } => text,
        };
        let check = Check {
            audit: self,
            names,
            recorded,
            expression,
            variables: &query.variables,
            found: Vec::new(),
            used: Vec::new(),
            foreign: Vec::new(),
        };
        let check = check.run(query, &query.variables);
        let allowed = allowed_codes(expression);
        for found in check.found {
            if self.allowed.contains(&found.rule) || allowed.contains(&found.rule.code()) {
                report.allowed += 1;
            } else {
                report.findings.push(found.at(path, &query.place, expression));
            }
        }
        if query.is_shown {
            seen.shown.extend(check.used);
        }
        for name in check.foreign {
            seen.foreign.entry(name.clone()).or_insert_with(|| ForeignMetric {
                name,
                file: path.to_owned(),
                place: query.place.clone(),
            });
        }
    }
}

/// The metrics that queries had.
#[derive(Default)]
struct Seen {
    /// On a panel of a dashboard.
    shown: BTreeSet<&'static str>,
    foreign: BTreeMap<String, ForeignMetric>,
}

impl Check<'_, '_> {
    /// Checks a query.
    fn run(mut self, query: &Query, variables: &Variables) -> Self {
        let tree = match variables.parse(self.expression) {
            Ok(tree) => tree,
            Err(reason) => {
                self.found.push(Found {
                    rule: Rule::UnreadableExpression,
                    part: String::new(),
                    message: format!("the expression cannot be read: {reason}"),
                    fix: "correct it; an expression in MetricsQL may be right, so allow the rule \
                          there"
                        .to_owned(),
                });
                return self;
            }
        };
        match &query.kind {
            QueryKind::Expression(_) => {
                let series = self.walk(&tree, Context::NONE);
                for template in &query.templates {
                    self.check_template(template, &series);
                }
            }
            QueryKind::LabelValues { label, .. } => {
                let series = self.walk(&tree, Context::NONE.existence());
                self.require_label(&series.labels, label, label, "`label_values`");
            }
        }
        self
    }
}

/// The contents of a file. Text that begins with a brace is JSON.
fn read(text: &str) -> Result<Contents, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) {
        dashboard::read(text)
    } else {
        rules_file::read(text)
    }
}
