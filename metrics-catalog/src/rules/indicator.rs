//! What an objective measures: the share of bad calls.

use std::fmt;
use std::time::Duration;

use typed_metrics_core::{FunctionObjective, Objective, Source};

use super::limits::{self, Place, bucket, in_unit};
use super::settings::RuleSettings;
use crate::entry::{Entry, Kind, LabelValues};
use crate::promql::dialect::Buckets;
use crate::promql::expression::{rate, sum};
use crate::promql::selector::{Comparison, Matcher, Selector};
use crate::promql::series::Series;

/// The metric that `#[timed]` records without a metric of its own. Its labels tell the function.
const OF_ALL_FUNCTIONS: &str = "function.duration";

/// An objective, and the query for the share of bad calls.
#[derive(Debug, Clone)]
pub(crate) struct Indicator {
    /// The name: lower-case words with `_` between them.
    pub(super) name: String,
    pub(crate) objective: Objective,
    pub(super) metric: &'static str,
    /// The functions that have the objective.
    pub(crate) functions: Vec<Source>,
    /// How bad calls are told, or why the share is not exact.
    pub(crate) caveat: Option<String>,
    pub(super) measure: Measure,
    /// The series of the objective's calls.
    pub(super) selector: Selector,
    by: Vec<String>,
    series: Series,
}

/// How bad calls are told from others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Measure {
    /// The label with the outcome differs from `ok`.
    Outcome {
        label: String,
        is_optional: bool,
        /// Whether the histogram is native, and then has no series `_count`.
        is_native: bool,
    },
    /// The call is not in the bucket with this limit, nor below.
    Bucket(f64),
    /// The call takes longer than this limit, by an estimate between limits of buckets.
    Estimate(f64),
}

/// An objective for which there are no rules, and the reason.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The name of the metric.
    pub metric: &'static str,
    /// The objective and its function.
    pub objective: FunctionObjective,
    /// The reason.
    pub reason: LeftOutReason,
}

/// The reason for which an objective has no rules.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// No label of the metric has the outcome, so nobody can tell failed calls from others.
    NoOutcome,
    /// The metric is no histogram of times.
    NoTime {
        /// The unit of the metric.
        unit: &'static str,
    },
    /// The histogram has no boundary at the time of the objective.
    NoBoundary {
        /// The time, in the unit of the metric.
        limit: f64,
        /// The unit of the metric.
        unit: &'static str,
        /// The nearest boundary below.
        below: Option<f64>,
        /// The nearest boundary above.
        above: Option<f64>,
    },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, objective: FunctionObjective { objective, function, .. }, reason } =
            self;
        write!(f, "no rules for the objective \"{objective}\" of {function}: ")?;
        match reason {
            LeftOutReason::NoOutcome => write!(
                f,
                "`{metric}` has no label with the outcome, so failed calls look like others; \
                 add a field `outcome: Outcome` to the variant, and the word `outcome` to the labels \
                 in `#[timed]`"
            ),
            LeftOutReason::NoTime { unit } => write!(
                f,
                "`{metric}` has the unit `{unit}`, which is no time; \
                 record the time in a histogram with the unit `s` or `ms`"
            ),
            LeftOutReason::NoBoundary { limit, unit, below, above } => {
                let known = |boundary: &Option<f64>| {
                    boundary.map_or_else(|| "none".to_owned(), |boundary| boundary.to_string())
                };
                write!(
                    f,
                    "`{metric}` has no bucket boundary at {limit} {unit}; the nearest are {} below and \
                     {} above; add {limit} to `buckets`, or allow the boundary below",
                    known(below),
                    known(above)
                )
            }
        }
    }
}

impl Indicator {
    /// The indicator of an objective of a metric.
    pub(super) fn new(
        entry: &Entry,
        of: &FunctionObjective,
        settings: &RuleSettings,
    ) -> Result<Self, LeftOutReason> {
        let dialect = &settings.dialect;
        let is_shared = entry.name() == OF_ALL_FUNCTIONS;
        let own = |label: &str, value: &str| {
            Matcher::new(&dialect.label(label), Comparison::Equal, value)
        };
        let matchers = if is_shared {
            vec![own("function", of.function.item), own("module", of.function.module)]
        } else {
            Vec::new()
        };
        let series = Series::new(entry, dialect, matchers);
        let (measure, caveat) = match of.objective {
            Objective::Success { .. } => {
                let told = "A call fails if its outcome is `error`, `panicked` or `cancelled`. A \
                            call is also cancelled when its caller stops waiting, such as a client \
                            that closes its connection.";
                (outcome(entry, settings)?, Some(told.to_owned()))
            }
            Objective::Latency { within, .. } => latency(entry, within, settings)?,
            _ => return Err(LeftOutReason::NoOutcome),
        };
        let mut words = entry.name().to_owned();
        if is_shared {
            words = format!("{} {}", of.function.module, of.function.item);
        }
        let name =
            in_words(&format!("{words} {}", of.objective.to_string().replace('%', " percent")));
        Ok(Self {
            name,
            objective: of.objective,
            metric: entry.name(),
            functions: vec![of.function],
            caveat,
            measure,
            selector: series.selector().clone(),
            by: settings.kept_labels(),
            series,
        })
    }

    /// The indicator of all series together that match `more`.
    pub(crate) fn of_all(&self, more: &[Matcher]) -> Self {
        let series = self.series.and(more);
        Self { selector: series.selector().clone(), by: Vec::new(), series, ..self.clone() }
    }

    /// The share of calls that may be bad, with the digits that somebody wrote.
    pub(crate) fn budget(&self) -> f64 {
        let share = match self.objective {
            Objective::Latency { share, .. } | Objective::Success { share } => share,
            _ => 0.0,
        };
        ((1.0 - share) * 1e12).round() / 1e12
    }

    /// The query for the share of bad calls, from 0 to 1, in a window of time.
    ///
    /// Without calls, the share is no number, and no alert fires.
    pub(crate) fn bad_share(&self, window: &str) -> String {
        let language = self.selector.language;
        let total = || self.series.rate(&self.by, window);
        match &self.measure {
            Measure::Outcome { label, is_optional, is_native } => {
                let value = if *is_optional { "ok|" } else { "ok" };
                let comparison =
                    if *is_optional { Comparison::DiffersFrom } else { Comparison::NotEqual };
                let bad = self.selector.and([Matcher::new(label, comparison, value)]);
                let bad = if *is_native {
                    format!("histogram_count({})", rate(bad, window))
                } else {
                    rate(bad.ending("_count"), window)
                };
                let bad = sum(&self.by, language, bad);
                // Without a failed call there is no series of failed calls.
                format!("(\n  {bad}\n  or\n  0 * {total}\n)\n/\n{total}", total = total())
            }
            Measure::Bucket(limit) => {
                let good = rate(self.selector.ending("_bucket").and([bucket(*limit)]), window);
                let good = sum(&self.by, language, good);
                format!("1 - {good}\n/\n{}", total())
            }
            Measure::Estimate(limit) => {
                format!("1 - {}", self.series.estimated_share(*limit, &self.by, window))
            }
        }
    }
}

fn outcome(entry: &Entry, settings: &RuleSettings) -> Result<Measure, LeftOutReason> {
    const OUTCOMES: [&str; 4] = ["cancelled", "error", "ok", "panicked"];
    let label = entry.labels().into_iter().find(|label| match &label.values {
        LabelValues::Fixed(values) => values.iter().eq(&OUTCOMES),
        LabelValues::Open => false,
    });
    let label = label.ok_or(LeftOutReason::NoOutcome)?;
    Ok(Measure::Outcome {
        label: settings.dialect.label(label.name),
        is_optional: label.is_optional,
        is_native: settings.dialect.buckets(entry.kind()) == Some(Buckets::Native),
    })
}

/// The measure of a latency, and why it is not exact.
fn latency(
    entry: &Entry,
    within: Duration,
    settings: &RuleSettings,
) -> Result<(Measure, Option<String>), LeftOutReason> {
    let unit = entry.unit();
    let limit = in_unit(within, unit).ok_or(LeftOutReason::NoTime { unit })?;
    let boundaries = match entry.kind() {
        Kind::Histogram(boundaries) => boundaries,
        Kind::ExponentialHistogram => {
            let caveat = "The histogram is exponential, so the share is an estimate: calls of the \
                          bucket around the limit are divided in proportion.";
            return Ok((Measure::Estimate(limit), Some(caveat.to_owned())));
        }
        _ => return Err(LeftOutReason::NoTime { unit }),
    };
    let is_native = settings.dialect.buckets(entry.kind()) == Some(Buckets::Native);
    // A native histogram with these boundaries is exact at each of them.
    let measure = |limit| if is_native { Measure::Estimate(limit) } else { Measure::Bucket(limit) };
    match limits::place(limit, boundaries) {
        Place::Boundary => Ok((measure(limit), None)),
        Place::Between(Some(below), _) if settings.allows_nearest => {
            let caveat = format!(
                "The histogram has no boundary at {limit} {unit}, so calls count as slow from \
                 {below} {unit} on: the alert may come too early."
            );
            Ok((measure(below), Some(caveat)))
        }
        Place::Between(below, above) => {
            Err(LeftOutReason::NoBoundary { limit, unit, below, above })
        }
    }
}

/// The words of a text in lower case with `_` between them.
fn in_words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}
