//! Registering the metrics of a scope.
//!
//! A foreign API returns an instrument in any case, so mistakes are reported and not returned. The
//! rules are those of OpenTelemetry for [duplicate instruments].
//!
//! [duplicate instruments]: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#duplicate-instrument-registration

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use log::Level;

use super::names::MAX_RUNTIME_METRICS;
use super::scoped_metric::ScopedMetric;
use crate::collect::observed_series::SeriesObserver;
use crate::collect::{overrides, registry};
use crate::handlers::list::announce_all;
use crate::locks::{force, lock};
use crate::metric::definition::Definition;
use crate::metric::lifetime::Lifetime;
use crate::metric::scope::Scope;
use crate::metric::source::Place;
use crate::report::report;
use crate::rules::buckets::{check_boundaries, default_for};
use crate::rules::kind::{MetricType, ValueType};
use crate::rules::limits::DEFAULT_SERIES_LIMIT;
use crate::rules::name::{MAX_NAME_LEN, check_metric_name};
use crate::store::family::Family;

/// The definition of a metric, as a foreign API gives it.
#[derive(Debug)]
#[doc(hidden)]
pub struct ScopedDefinition<'a> {
    pub scope: &'static Scope,
    pub name: &'a str,
    pub metric_type: MetricType,
    pub value_type: ValueType,
    pub unit: &'a str,
    pub description: &'a str,
    /// The boundaries of a histogram; `None` for the default ones of OpenTelemetry. Without
    /// boundaries, the histogram has one bucket.
    pub boundaries: Option<&'a [f64]>,
    /// Whether callbacks observe the metric.
    pub is_observed: bool,
    /// The call that registers the metric, for messages.
    pub call: &'static str,
}

/// The metrics of all scopes.
static METRICS: LazyLock<Mutex<Metrics>> = LazyLock::new(Mutex::default);

#[derive(Debug, Default)]
struct Metrics {
    /// The metrics by the number of the scope and the name in lower case. Metrics that contradict
    /// each other share an entry. No entry is empty.
    by_name: HashMap<(usize, String), Vec<Known>>,
    /// The number of metrics.
    count: usize,
}

/// A registered metric.
#[derive(Debug)]
struct Known {
    metric: ScopedMetric,
    /// Whether it was reported that another registration differs.
    is_reported: bool,
}

impl ScopedDefinition<'_> {
    /// Registers the metric, unless it is registered; `None` if that is impossible. Mistakes are
    /// reported.
    #[must_use]
    pub fn register(self) -> Option<ScopedMetric> {
        if let Err(reason) = self.check_length() {
            self.report(Level::Error, "cannot be recorded", &reason);
            return None;
        }
        let mut all = lock(force(&METRICS));
        let key = (self.scope.number(), self.name.to_ascii_lowercase());
        let same_name = all.by_name.get_mut(&key).map_or(&mut [][..], Vec::as_mut_slice);
        if let Some(known) = same_name.iter_mut().find(|known| self.is_same(known.metric)) {
            let (metric, variation) = (known.metric, self.variation(known.metric));
            let is_news = variation.is_some() && !std::mem::replace(&mut known.is_reported, true);
            // A logger may register metrics.
            drop(all);
            if let Some(variation) = variation.filter(|_| is_news) {
                self.report(Level::Warn, "is registered twice", &variation);
            }
            return Some(metric);
        }
        let other = same_name.first().map(|known| known.metric);
        if all.count >= MAX_RUNTIME_METRICS {
            drop(all);
            self.report_limit();
            return None;
        }
        let metric = self.leak();
        all.by_name.entry(key).or_default().push(Known { metric, is_reported: false });
        all.count += 1;
        // Under the lock, and in this order, as in `names`.
        registry::add(metric.family());
        let overridden = overrides::override_registered(metric.descriptor());
        drop(all);
        if let Err(error) = overridden {
            report(Level::Warn, "overrides", format_args!("{error}"));
        }
        self.report_mistakes(other);
        announce_all();
        Some(metric)
    }

    fn check_length(&self) -> Result<(), String> {
        match self.name.len() {
            0 => Err("its name is empty; give it one".to_owned()),
            1..=MAX_NAME_LEN => Ok(()),
            length => {
                Err(format!("its name has {length} bytes; the longest allowed is {MAX_NAME_LEN}"))
            }
        }
    }

    /// The boundaries of the buckets. OpenTelemetry [ignores] invalid ones.
    ///
    /// [ignores]: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#instrument-advisory-parameters
    fn boundaries(&self) -> Cow<'_, [f64]> {
        match (self.metric_type, self.boundaries) {
            (MetricType::Histogram, Some([])) => Cow::Borrowed(&[]),
            (MetricType::Histogram, Some(given)) if check_boundaries(given).is_ok() => given.into(),
            (MetricType::Histogram, _) => default_for("").into(),
            _ => Cow::Borrowed(&[]),
        }
    }

    /// Reports what is wrong with a new metric. `other` is another metric of the name.
    fn report_mistakes(&self, other: Option<ScopedMetric>) {
        if let Err(error) = check_metric_name(self.name) {
            let reason =
                format!("{error}; the name is exported as it is, and receivers may refuse it");
            self.report(Level::Warn, "has a name that OpenTelemetry does not allow", &reason);
        }
        let boundaries = self.boundaries.filter(|given| !given.is_empty());
        if let Some(Err(error)) = boundaries.map(check_boundaries) {
            let reason = format!("{error}; it has OpenTelemetry's default boundaries instead");
            self.report(Level::Error, "has boundaries that cannot be used", &reason);
        }
        if let Some(other) = other {
            self.report_conflict(other);
        }
    }

    /// Whether the registered metric has the same identifying facts.
    fn is_same(&self, known: ScopedMetric) -> bool {
        let metric = known.descriptor();
        metric.metric_type() == self.metric_type
            && metric.value_type() == self.value_type
            && metric.unit() == self.unit
            && known.is_observed() == self.is_observed
    }

    fn leak(&self) -> ScopedMetric {
        let (scope, call) = (self.scope.name(), self.call);
        let item = leak(format!("meter({scope:?}).{call}({:?})", self.name));
        let family = Family::leak_in(
            Some(self.scope),
            Definition {
                name: leak(self.name.to_owned()),
                metric_type: self.metric_type,
                value_type: self.value_type,
                unit: leak(self.unit.to_owned()),
                description: leak(self.description.to_owned()),
                labels: &[],
                boundaries: Box::leak(self.boundaries().into()),
                exponential: None,
                series_limit: DEFAULT_SERIES_LIMIT,
                lifetime: Lifetime::UNSET,
                presentation: None,
                place: &Place::NOWHERE,
                line: 0,
                item,
            },
        );
        ScopedMetric::new(family, self.is_observed.then(|| SeriesObserver::leak(family)))
    }

    /// The fact that does not identify the metric and differs from that of the first registration,
    /// which counts.
    fn variation(&self, known: ScopedMetric) -> Option<String> {
        let first = known.descriptor();
        let (declared, boundaries) = (first.definition().boundaries, self.boundaries());
        let differs = if first.name() != self.name {
            format!("cases of the name, {:?} and {:?}", first.name(), self.name)
        } else if first.description() != self.description {
            format!("descriptions, {:?} and {:?}", first.description(), self.description)
        } else if self.boundaries.is_some() && *boundaries != *declared {
            format!("boundaries, {declared:?} and {boundaries:?}")
        } else {
            return None;
        };
        Some(format!("with different {differs}; the first counts; register both alike"))
    }

    /// Reports a metric with the same name that is another metric.
    fn report_conflict(&self, other: ScopedMetric) {
        let of = |kind: MetricType, is_observed, value: ValueType, unit: &str| {
            let observed = if is_observed { "observed " } else { "" };
            format!("{observed}{kind} of {value} with the unit {unit:?}")
        };
        let first = other.descriptor();
        let first = of(first.metric_type(), other.is_observed(), first.value_type(), first.unit());
        let second = of(self.metric_type, self.is_observed, self.value_type, self.unit);
        let reason = format!(
            "{first} and {second}; both are exported under the name, which most receivers refuse \
             or mix up; rename one, or register both alike"
        );
        self.report(Level::Warn, "is two instruments", &reason);
    }

    /// Reports that the metric is one too many. All such metrics have one subject, because a
    /// program that makes names from its input would have subjects without end.
    fn report_limit(&self) {
        let (name, scope) = (self.name, self.scope.name());
        let text = format_args!(
            "instrument `{name}` of scope `{scope}` cannot be recorded: {MAX_RUNTIME_METRICS} \
             instruments are registered, which is the limit; put the varying part of the name \
             into attributes"
        );
        report(Level::Error, "limit of instruments", text);
    }

    fn report(&self, level: Level, what: &str, reason: &str) {
        let (name, scope) = (self.name, self.scope.name());
        let subject = format!("instrument {name} of scope {scope} {what}");
        let text = format_args!("instrument `{name}` of scope `{scope}` {what}: {reason}");
        report(level, &subject, text);
    }
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
