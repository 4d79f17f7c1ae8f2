//! Tests of alerts for `promtool test rules`: shares of bad calls between all thresholds.

use super::burn::Burn;
use super::indicator::Measure;
use super::limits::forms;
use super::render::Alerts;
use super::template::percentage;
use super::yaml::{AlertTest, ExpectedAlert, InputSeries, Pairs, Test};
use crate::promql::dialect::Language;
use crate::promql::names::label;
use crate::promql::selector::{Comparison, Matcher, Operand, Selector};

/// The calls in a minute. The share of bad calls is a whole number of them.
const CALLS: f64 = 1e9;

/// The minutes after which every alert is past its pending time.
const STEADY: u32 = 240;

/// The minutes of the short outage, and the minutes after which every short window is clean.
const OUTAGE: u32 = 12;
const CLEAN: u32 = 480;

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

/// The tests of an indicator.
pub(super) fn tests(alerts: &Alerts<'_>) -> Vec<Test> {
    let burns: Vec<&Burn> = alerts.burns().collect();
    let budget = alerts.indicator.budget();
    let mut tests = Vec::new();
    // Below the first threshold, and above each: a geometric mean is between its neighbours.
    let limits: Vec<f64> = burns.iter().map(|burn| burn.threshold(budget)).chain([1.0]).collect();
    let Some(first) = limits.first() else { return tests };
    tests.push(steady(alerts, first * 0.8, &[]));
    for (fired, pair) in limits.windows(2).enumerate() {
        let share = (pair[0] * pair[1].min(pair[0] * 3.0)).sqrt();
        tests.push(steady(alerts, share, &burns[..=fired]));
    }
    tests.push(outage(alerts, &burns));
    tests
}

/// A share of bad calls that stays the same, and the alerts that fire.
fn steady(alerts: &Alerts<'_>, share: f64, fired: &[&Burn]) -> Test {
    // Three digits, so that the text of the share does not depend on rounding.
    let share: f64 = format!("{share:.2e}").parse().unwrap_or(share);
    let bad = (share * CALLS).round();
    let shown = percentage(bad / CALLS);
    let name = format!("{}: {shown} of the calls are bad", alerts.indicator.name);
    let input = input(alerts, &[(STEADY, bad)]);
    Test {
        name,
        interval: "1m",
        input_series: input,
        alert_rule_test: vec![expected(alerts, STEADY, fired, &shown)],
    }
}

/// All calls are bad for some minutes, and then none is.
fn outage(alerts: &Alerts<'_>, burns: &[&Burn]) -> Test {
    let during: Vec<&Burn> =
        burns.iter().filter(|burn| burn.pending_minutes + 5 < OUTAGE).copied().collect();
    Test {
        name: format!("{}: an outage of {OUTAGE} minutes", alerts.indicator.name),
        interval: "1m",
        input_series: input(alerts, &[(OUTAGE, CALLS), (CLEAN - OUTAGE, 0.0)]),
        alert_rule_test: vec![
            expected(alerts, OUTAGE, &during, "100%"),
            expected(alerts, CLEAN, &[], ""),
        ],
    }
}

fn expected(alerts: &Alerts<'_>, minutes: u32, fired: &[&Burn], shown: &str) -> AlertTest {
    let exp_alerts = fired.iter().map(|burn| {
        let mut labels = alerts.labels(burn);
        labels.extend(kept(alerts));
        ExpectedAlert {
            exp_labels: Pairs(labels),
            exp_annotations: alerts.annotations(burn, Some(shown)),
        }
    });
    AlertTest {
        eval_time: format!("{minutes}m"),
        alertname: alerts.alert_name(),
        exp_alerts: exp_alerts.collect(),
    }
}

/// The labels that rules keep, with values.
fn kept(alerts: &Alerts<'_>) -> Vec<(String, String)> {
    let labels = alerts.settings.kept_labels();
    labels.into_iter().map(|label| (label, "tested".to_owned())).collect()
}

/// The series with these numbers of bad calls in a minute, each for a number of minutes.
fn input(alerts: &Alerts<'_>, phases: &[(u32, f64)]) -> Vec<InputSeries> {
    let indicator = alerts.indicator;
    let kept = kept(alerts);
    let series = |selector: &Selector, more: Vec<Matcher>, of_bad: fn(f64) -> f64| {
        let kept = kept.iter().map(|(name, value)| Matcher::new(name, Comparison::Equal, value));
        let selector = selector.and(kept.chain(more));
        InputSeries { series: as_series(&selector), values: values(phases, of_bad) }
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
            native_series(alerts, equal(label, "ok"), phases, 0.0, |bad| CALLS - bad),
            native_series(alerts, equal(label, "error"), phases, 0.0, |bad| bad),
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
            native_series(alerts, equal("speed", "fast"), phases, limit / 16.0, |bad| CALLS - bad),
            native_series(alerts, equal("speed", "slow"), phases, limit * 16.0, |bad| bad),
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

/// A series of native histograms with one bucket, which holds `value`, or zeros for 0.
fn native_series(
    alerts: &Alerts<'_>,
    more: Vec<Matcher>,
    phases: &[(u32, f64)],
    value: f64,
    of_bad: fn(f64) -> f64,
) -> InputSeries {
    let kept = kept(alerts);
    let kept = kept.iter().map(|(name, value)| Matcher::new(name, Comparison::Equal, value));
    let selector = alerts.indicator.selector.and(kept.chain(more));
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
    InputSeries {
        series: as_series(&selector),
        values: format!("{} {}", parts.join(" "), histogram(total)),
    }
}

/// A selector of one series in the notation of `promtool`, which is that of PromQL.
fn as_series(selector: &Selector) -> String {
    let mut matchers = selector.matchers.clone();
    matchers.retain(|matcher| matches!(matcher.value, Operand::Text(_)));
    Selector { matchers, language: Language::PromQl, ..selector.clone() }.to_string()
}
