//! Tests of alerts for `promtool test rules`: shares of bad calls between all thresholds.

use super::alerts::Alerts;
use super::burn::Burn;
use super::indicator::Measure;
use super::limits::forms;
use super::template::percentage;
use super::yaml::{AlertTest, ExpectedAlert, InputSeries, Pairs, Test};
use crate::promql::dialect::Language;
use crate::promql::names::label;
use crate::promql::selector::{Comparison, Matcher, Operand, Selector};

/// The calls in a minute. The share of bad calls is a whole number of them.
const CALLS: f64 = 1e9;

/// The minutes of the outage, in which only the fastest alert fires.
const OUTAGE: u32 = 12;

/// The minutes after which the alerts are compared: at the end of the outage, when the windows of
/// 30 minutes are past it, when those of 2 hours are, and at the end, when those of 6 hours are.
const CHECKS: [u32; 4] = [OUTAGE, 50, 150, END];
const END: u32 = 480;

/// The minutes of a spike at the end, which is short in a window of an hour.
const SPIKE: u32 = 10;

/// The minutes between two evaluations.
const EVALUATION: u32 = 5;

/// The course of the share of bad calls in one program.
#[derive(Debug)]
struct Case<'a> {
    name: String,
    /// Numbers of bad calls in a minute, each for a number of minutes.
    phases: Vec<(u32, f64)>,
    /// The alerts at each of the [`CHECKS`].
    fired: [Vec<&'a Burn>; CHECKS.len()],
    /// The share in the descriptions of these alerts.
    shown: String,
}

/// Whether `promtool` can read the queries: it knows neither the functions nor the escapes of
/// MetricsQL.
pub(super) fn is_testable(alerts: &Alerts<'_>) -> bool {
    let own = &alerts.indicator.selector;
    let in_promql = Selector { language: Language::PromQl, ..own.clone() };
    let is_same = |name: &str| label(name, Language::PromQl) == label(name, own.language);
    own.language == Language::PromQl
        || !matches!(alerts.indicator.measure, Measure::Estimate(_))
            && own.to_string() == in_promql.to_string()
            && alerts.settings.kept_labels().iter().all(|name| is_same(name))
}

/// The tests of an indicator: one for all cases, whose series differ in a label that rules keep. If
/// rules keep none, each case is a test of its own.
pub(super) fn tests(alerts: &Alerts<'_>) -> Vec<Test> {
    let burns: Vec<&Burn> = alerts.burns().collect();
    let cases = cases(alerts.indicator.budget(), &burns);
    let size = if alerts.settings.kept_labels().is_empty() { 1 } else { cases.len() };
    cases.chunks(size.max(1)).map(|cases| test(alerts, cases)).collect()
}

/// Shares that stay the same, just below and just above each threshold; an outage, after which the
/// short windows end all alerts; and a spike, which is none for the long windows.
fn cases<'a>(budget: f64, burns: &[&'a Burn]) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = Vec::new();
    for (place, burn) in burns.iter().enumerate() {
        let threshold = burn.threshold(budget);
        for (share, fired) in [(threshold * 0.95, place), ((threshold * 1.05).min(1.0), place + 1)]
        {
            cases.push(steady(share, &burns[..fired]));
        }
    }
    cases.push(Case {
        name: "outage".to_owned(),
        phases: vec![(OUTAGE, CALLS), (END - OUTAGE, 0.0)],
        fired: CHECKS.map(|minutes| if minutes == OUTAGE { fired(burns, minutes) } else { vec![] }),
        shown: percentage(1.0),
    });
    if let Some(fastest) = burns.last() {
        let bad = (fastest.threshold(budget) * 1.05).min(1.0) * CALLS;
        cases.push(Case {
            name: "spike".to_owned(),
            phases: vec![(END - SPIKE, 0.0), (SPIKE, bad.round())],
            fired: CHECKS.map(|_| vec![]),
            shown: String::new(),
        });
    }
    cases
}

fn steady<'a>(share: f64, burns: &[&'a Burn]) -> Case<'a> {
    // Three digits, so that the text of the share does not depend on rounding.
    let share: f64 = format!("{share:.2e}").parse().unwrap_or(share);
    let bad = (share * CALLS).round();
    let shown = percentage(bad / CALLS);
    Case {
        name: format!("{shown} bad"),
        phases: vec![(END, bad)],
        fired: CHECKS.map(|minutes| fired(burns, minutes)),
        shown,
    }
}

/// Those alerts whose pending time is over if their condition always holds.
fn fired<'a>(burns: &[&'a Burn], minutes: u32) -> Vec<&'a Burn> {
    let is_over = |burn: &&&Burn| burn.pending_minutes + EVALUATION < minutes;
    burns.iter().filter(is_over).copied().collect()
}

fn test(alerts: &Alerts<'_>, cases: &[Case<'_>]) -> Test {
    let input_series = cases.iter().flat_map(|case| input(alerts, case)).collect();
    let expected = |place: usize| {
        let fired = cases.iter().flat_map(move |case| {
            case.fired[place].iter().map(move |burn| {
                let mut labels = alerts.labels(burn);
                labels.extend(kept(alerts, case));
                ExpectedAlert {
                    exp_labels: Pairs(labels),
                    exp_annotations: alerts.annotations(burn, Some(&case.shown)),
                }
            })
        });
        fired.collect()
    };
    let at = CHECKS.into_iter().enumerate().map(|(place, minutes)| AlertTest {
        eval_time: format!("{minutes}m"),
        alertname: alerts.alert_name(),
        exp_alerts: expected(place),
    });
    let name = match cases {
        [case] => format!("{}: {}", alerts.indicator.name, case.name),
        _ => alerts.indicator.name.clone(),
    };
    Test { name, interval: "1m", input_series, alerts: at.collect() }
}

/// The labels that rules keep, with the name of the case.
fn kept(alerts: &Alerts<'_>, case: &Case<'_>) -> Vec<(String, String)> {
    let labels = alerts.settings.kept_labels();
    labels.into_iter().map(|label| (label, case.name.clone())).collect()
}

/// The series of a case.
fn input(alerts: &Alerts<'_>, case: &Case<'_>) -> Vec<InputSeries> {
    let indicator = alerts.indicator;
    let kept = kept(alerts, case);
    let series = |selector: &Selector, more: Vec<Matcher>, of_bad: fn(f64) -> f64| {
        let kept = kept.iter().map(|(name, value)| Matcher::new(name, Comparison::Equal, value));
        let selector = selector.and(kept.chain(more));
        InputSeries { series: as_series(&selector), values: values(&case.phases, of_bad) }
    };
    let native = |more: Vec<Matcher>, value: f64, of_bad: fn(f64) -> f64| {
        let kept = kept.iter().map(|(name, value)| Matcher::new(name, Comparison::Equal, value));
        let selector = indicator.selector.and(kept.chain(more));
        let values = native_values(&case.phases, value, of_bad);
        InputSeries { series: as_series(&selector), values }
    };
    let one = &indicator.selector;
    let count = one.ending("_count");
    let equal = |label: &str, value: &str| vec![Matcher::new(label, Comparison::Equal, value)];
    match &indicator.measure {
        Measure::Outcome { label, is_native: false, .. } => vec![
            series(&count, equal(label, "ok"), |bad| CALLS - bad),
            series(&count, equal(label, "error"), |bad| bad),
        ],
        Measure::Outcome { label, is_native: true, .. } => vec![
            native(equal(label, "ok"), 0.0, |bad| CALLS - bad),
            native(equal(label, "error"), 0.0, |bad| bad),
        ],
        Measure::Bucket(limit) => {
            let form = forms(*limit).pop().unwrap_or_default();
            let bucket = one.ending("_bucket");
            vec![
                series(&bucket, equal("le", &form), |bad| CALLS - bad),
                series(&bucket, equal("le", "+Inf"), |_| CALLS),
                series(&count, Vec::new(), |_| CALLS),
            ]
        }
        Measure::Estimate(limit) => vec![
            native(equal("speed", "fast"), limit / 16.0, |bad| CALLS - bad),
            native(equal("speed", "slow"), limit * 16.0, |bad| bad),
        ],
    }
}

/// A series whose values grow by a number in a minute, in the notation of `promtool`.
fn values(phases: &[(u32, f64)], of_bad: fn(f64) -> f64) -> String {
    let mut total = 0.0;
    let parts = phases.iter().map(|(minutes, bad)| {
        let step = of_bad(*bad);
        let begin = total;
        // `a+bxn` has the value `a`, and then n more.
        total += step * f64::from(*minutes);
        format!("{begin}+{step}x{}", minutes - 1)
    });
    let parts: Vec<String> = parts.collect();
    format!("{} {total}", parts.join(" "))
}

/// The values of a native histogram whose only bucket holds `value`.
fn native_values(phases: &[(u32, f64)], value: f64, of_bad: fn(f64) -> f64) -> String {
    // A bucket of schema 0 with the index i ends at 2^i.
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a double")]
    let index = if value > 0.0 { value.log2().ceil() as i64 } else { 0 };
    let histogram = |count: f64| {
        format!(
            "{{{{schema:0 count:{count} sum:{} offset:{index} buckets:[{count}]}}}}",
            count * value
        )
    };
    let mut total = 0.0;
    let parts = phases.iter().map(|(minutes, bad)| {
        let step = of_bad(*bad);
        let begin = total;
        total += step * f64::from(*minutes);
        format!("{}+{}x{}", histogram(begin), histogram(step), minutes - 1)
    });
    let parts: Vec<String> = parts.collect();
    format!("{} {}", parts.join(" "), histogram(total))
}

/// A selector of one series in the notation of `promtool`, which is that of PromQL.
fn as_series(selector: &Selector) -> String {
    let mut matchers = selector.matchers.clone();
    matchers.retain(|matcher| matches!(matcher.value, Operand::Text(_)));
    Selector { matchers, language: Language::PromQl, ..selector.clone() }.to_string()
}
