//! The settings of an audit.

use std::collections::BTreeSet;

use typed_metrics_prometheus::Naming;

use super::rule::Rule;
use crate::catalog::Catalog;

/// Labels that Prometheus, its operator and the translation of OTLP add to the series of any
/// program.
const AMBIENT: [&str; 19] = [
    "job",
    "instance",
    "exported_job",
    "exported_instance",
    "cluster",
    "namespace",
    "pod",
    "container",
    "endpoint",
    "node",
    "service",
    "prometheus",
    "prometheus_replica",
    "service?name",
    "service?instance?id",
    "service?namespace",
    "otel_scope_*",
    "otel.scope.*",
    "otel?metric?overflow",
];

/// The settings of an [`audit`](crate::audit()).
///
/// ```standalone_crate
/// use typed_metrics_catalog::{Audit, Catalog, Rule};
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_derive::Metrics;
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "mill")]
/// # #[metrics(crate = typed_metrics_core)]
/// enum Mill {
///     #[counter(unit = "{sack}")]
///     Sacks,
/// }
///
/// let rules = r#"
/// groups:
///   - name: mill
///     rules:
///       - { record: sacks, expr: "sum by (valley) (mill_sacks_total) + mill_wheel_turns" }
/// "#;
/// let catalog = Catalog::of_program();
/// let audit = Audit::new(&catalog).foreign("mill_wheel_*").label("valley").allow(Rule::RawCounter);
/// let report = audit.run(&[("rules.yaml", rules)]);
/// assert!(report.is_clean(), "{report}");
/// assert_eq!((report.allowed, &*report.foreign[0].name), (1, "mill_wheel_turns"));
/// ```
#[derive(Debug, Clone)]
pub struct Audit<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) naming: Naming,
    foreign: Vec<String>,
    labels: Vec<String>,
    pub(super) allowed: BTreeSet<Rule>,
    converts_classic_histograms: bool,
}

impl<'a> Audit<'a> {
    /// An audit with the default settings.
    #[must_use]
    pub fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            naming: Naming::default(),
            foreign: Vec::new(),
            labels: AMBIENT.map(str::to_owned).to_vec(),
            allowed: BTreeSet::new(),
            converts_classic_histograms: false,
        }
    }

    /// How names are written in the queries. The default is that of [`Naming`].
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    /// Metrics with this name are not of the program. `*` stands for any text, and `?` for any
    /// character.
    #[must_use]
    pub fn foreign(mut self, pattern: impl Into<String>) -> Self {
        self.foreign.push(pattern.into());
        self
    }

    /// A label that targets or a relabelling add to all series, next to `job` and `instance`, those
    /// of Prometheus' operator, and those of OpenTelemetry's service and scope. `*` stands for any
    /// text, and `?` for any character.
    #[must_use]
    pub fn label(mut self, pattern: impl Into<String>) -> Self {
        self.labels.push(pattern.into());
        self
    }

    /// Queries may break this rule. Findings of it are only counted.
    #[must_use]
    pub fn allow(mut self, rule: Rule) -> Self {
        self.allowed.insert(rule);
        self
    }

    /// Whether Prometheus converts histograms with fixed buckets to native ones, as with its
    /// setting `convert_classic_histograms_to_nhcb`. The default is `false`.
    #[must_use]
    pub fn native_histograms_of_fixed_buckets(self, converts: bool) -> Self {
        Self { converts_classic_histograms: converts, ..self }
    }

    pub(super) fn is_ambient(&self, label: &str) -> bool {
        self.labels.iter().any(|pattern| matches(pattern, label))
    }

    pub(super) fn is_foreign(&self, name: &str) -> bool {
        self.foreign.iter().any(|pattern| matches(pattern, name))
    }

    pub(super) fn converts_classic_histograms(&self) -> bool {
        self.converts_classic_histograms
    }
}

/// Whether a name matches a pattern with `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // The place after the last `*`, and the place in the name to continue from.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((after, from)) => {
                    (p, n) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        let cases = [
            ("node_*", "node_cpu", true),
            ("node_*", "nod", false),
            ("*_seconds", "a_b_seconds", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("otel?x", "otel.x", true),
            ("otel?x", "otelx", false),
            ("", "", true),
            ("*", "", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
