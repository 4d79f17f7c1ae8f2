//! The definition of a run-time metric, and the checks of its rules.

use std::borrow::Cow;
use std::time::Duration;

use crate::cells::grid::Grid;
use crate::error::{Conflict, Error};
use crate::labels::value::{LabelRef, LabelValue};
use crate::metric::definition::Definition;
use crate::metric::descriptor::Descriptor;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::metric::lifetime::{Lifetime, milliseconds};
use crate::metric::presentation::Presentation;
use crate::metric::source::{Place, Source};
use crate::rules::buckets::{check_boundaries, default_for};
use crate::rules::expiry::UP_DOWN_COUNTER;
use crate::rules::exponential::{ExponentialSettings, check_exponential};
use crate::rules::kind::{MetricType, ValueType};
use crate::rules::limits::DEFAULT_SERIES_LIMIT;
use crate::rules::name::{check_label_name, check_metric_name};
use crate::rules::unit::check_unit;
use crate::typed::value::Boundary;

/// The definition of a run-time metric, for [`register_metric`](crate::register_metric), which
/// checks it.
///
/// The values, also those of counters, are `f64` unless [`value_type`](Self::value_type) sets
/// another type. So any number can be recorded at run time; whole numbers are exact up to 2^53.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, ValueType, register_metric};
///
/// let served = Metric::counter("served")
///     .unit("{request}")
///     .description("Requests served.")
///     .value_type(ValueType::U64)
///     .series_limit(100);
/// let served = register_metric("served", served)?.descriptor();
/// assert_eq!(served.unit(), "{request}");
/// assert_eq!(served.value_type(), ValueType::U64);
/// assert_eq!(served.series_limit(), 100);
/// # Ok::<(), typed_metrics::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a definition is no metric yet; give it to `register_metric`"]
pub struct Metric {
    kind: MetricType,
    name: String,
    unit: String,
    description: String,
    value_type: ValueType,
    series_limit: usize,
    lifetime: Lifetime,
    buckets: Option<Vec<f64>>,
    is_exponential: bool,
    max_size: Option<u16>,
    zero_threshold: Option<f64>,
    labels: Vec<(String, String)>,
    was: Option<String>,
    exposed: Option<String>,
}

impl Metric {
    pub(super) fn new(kind: MetricType, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            unit: String::new(),
            description: String::new(),
            value_type: ValueType::F64,
            series_limit: DEFAULT_SERIES_LIMIT,
            lifetime: Lifetime::UNSET,
            buckets: None,
            is_exponential: false,
            max_size: None,
            zero_threshold: None,
            labels: Vec::new(),
            was: None,
            exposed: None,
        }
    }

    pub(super) fn kind(&self) -> MetricType {
        self.kind
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn exposed(&self) -> Option<&str> {
        self.exposed.as_deref()
    }

    /// A sum that only grows.
    pub fn counter(name: impl Into<String>) -> Self {
        Self::new(MetricType::Counter, name)
    }

    /// A sum that grows and shrinks.
    pub fn up_down_counter(name: impl Into<String>) -> Self {
        Self::new(MetricType::UpDownCounter, name)
    }

    /// A value that is set; the last value counts.
    pub fn gauge(name: impl Into<String>) -> Self {
        Self::new(MetricType::Gauge, name)
    }

    /// A distribution of values.
    pub fn histogram(name: impl Into<String>) -> Self {
        Self::new(MetricType::Histogram, name)
    }

    /// The [unit](crate::unit), a UCUM code. There is no unit by default.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// A description of what the metric measures; empty by default.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The inclusive upper limits of a histogram's buckets, strictly increasing and finite. The
    /// default boundaries [depend on the unit](crate::buckets::default_for).
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, buckets::exponential, register_metric};
    ///
    /// let buckets = exponential(64.0, 8.0, 3).unwrap();
    /// let sizes = Metric::histogram("sizes").unit("By").buckets(buckets);
    /// let sizes = register_metric("sizes", sizes)?;
    /// assert_eq!(sizes.descriptor().boundaries(), [64.0, 512.0, 4096.0]);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn buckets(mut self, buckets: impl IntoIterator<Item: Boundary>) -> Self {
        self.buckets = Some(buckets.into_iter().map(Boundary::boundary).collect());
        self
    }

    /// Makes a histogram exponential: its buckets adapt to the values. So percentiles have a small
    /// relative error, whatever the range of the values is.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let calls = Metric::histogram("calls.duration").unit("s").exponential().max_size(80);
    /// let calls = register_metric("calls.duration", calls)?;
    /// for i in 1..=1000 {
    ///     calls.record(f64::from(i) / 1000.0, attributes!())?;
    /// }
    /// let snapshot = snapshot();
    /// let series = &snapshot.get("calls.duration").unwrap().series[0];
    /// let histogram = series.value.as_histogram().unwrap();
    /// assert_eq!(histogram.exponential.as_ref().unwrap().scale, 3);
    /// assert!((histogram.quantile(0.9) - 0.9).abs() < 0.091 * 0.9);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn exponential(mut self) -> Self {
        self.is_exponential = true;
        self
    }

    /// The largest number of buckets of an exponential histogram, from 4 to 496; 160 by default.
    pub fn max_size(mut self, buckets: u16) -> Self {
        self.max_size = Some(buckets);
        self
    }

    /// The number up to which values of an exponential histogram count as zero, whatever their
    /// sign; 0 by default.
    pub fn zero_threshold(mut self, threshold: f64) -> Self {
        self.zero_threshold = Some(threshold);
        self
    }

    /// The type of the values: `f64`, the default, or `u64` for counters, `i64` for up-down
    /// counters, `i64` or `u64` for gauges, `u64` for histograms.
    pub fn value_type(mut self, value_type: ValueType) -> Self {
        self.value_type = value_type;
        self
    }

    /// The maximum number of series, 2000 by default. Measurements with further label values are
    /// recorded in the overflow series.
    pub fn series_limit(mut self, limit: usize) -> Self {
        self.series_limit = limit;
        self
    }

    /// A constant label: all series of the metric have it with this value. An attribute of the same
    /// name takes its place.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let jobs = register_metric("jobs", Metric::counter("jobs").label("region", "eu"))?;
    /// jobs.record(1, attributes!("kind" => "mail"))?;
    /// let snapshot = snapshot();
    /// let series = &snapshot.get("jobs").unwrap().series[0];
    /// assert_eq!(series.labels.to_string(), "kind=mail region=eu");
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// The old name of the metric, under which the metric is exported too.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let mails = register_metric("mails", Metric::counter("mails.sent").was("mail_count"))?;
    /// mails.record(1, attributes!())?;
    /// let snapshot = snapshot();
    /// let old = snapshot.get("mail_count").unwrap();
    /// assert_eq!(old.series[0].value.as_f64(), 1.0);
    /// assert_eq!(old.descriptor.description(), "Renamed to `mails.sent`.");
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn was(mut self, old_name: impl Into<String>) -> Self {
        self.was = Some(old_name.into());
        self
    }

    /// The name that the metric has in Prometheus, which is not translated.
    #[doc(hidden)]
    pub fn exposed_as(mut self, name: impl Into<String>) -> Self {
        self.exposed = Some(name.into());
        self
    }

    /// Removes a series in which nothing was recorded for this time; `None` keeps series in any
    /// case. By default, the [expiry of the process](crate::set_default_expiry) holds.
    ///
    /// Up-down counters cannot expire.
    pub fn expire(mut self, expiry: impl Into<Option<Duration>>) -> Self {
        self.lifetime = self.lifetime.expires(expiry.into().map(milliseconds));
        self
    }

    /// Makes [`last_recorded`](crate::SeriesSnapshot::last_recorded) known for the series. It also
    /// is if they expire.
    pub fn last_recorded(mut self) -> Self {
        self.lifetime = self.lifetime.tracked();
        self
    }

    /// The descriptor of a metric that is in no registry, for the targets in `fuzz/`.
    ///
    /// # Errors
    /// The rule that the definition breaks.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn unregistered(
        self,
        scope: Option<&'static crate::metric::scope::Scope>,
    ) -> Result<&'static Descriptor, Error> {
        let source = Source { file: file!(), line: line!(), module: module_path!(), item: "" };
        let descriptor = Descriptor::new(self.check()?.leak(source)).in_scope(scope);
        Ok(Box::leak(Box::new(descriptor)))
    }

    /// Checks every rule.
    pub(super) fn check(mut self) -> Result<CheckedMetric, Error> {
        check_metric_name(&self.name).map_err(|source| Error::Name {
            what: "metric name",
            name: self.name.clone(),
            source,
        })?;
        check_unit(&self.unit).map_err(|source| Error::Unit {
            metric: self.name.clone(),
            unit: self.unit.clone(),
            source,
        })?;
        self.check_value_type()?;
        if self.series_limit == 0 {
            let reason = "with a series limit of 0 every measurement would land in the overflow \
                          series; give at least 1";
            return Err(Error::runtime(&self.name, reason));
        }
        if self.kind == MetricType::UpDownCounter && self.lifetime.has_own_expiry() {
            return Err(Error::runtime(&self.name, UP_DOWN_COUNTER));
        }
        self.check_labels()?;
        self.check_old_name()?;
        let exponential = self.exponential_settings()?;
        let boundaries = if exponential.is_some() { Vec::new() } else { self.take_boundaries()? };
        Ok(CheckedMetric { metric: self, boundaries, exponential })
    }

    fn check_labels(&self) -> Result<(), Error> {
        for (index, (name, _)) in self.labels.iter().enumerate() {
            check_label_name(name).map_err(|source| Error::Name {
                what: "label name",
                name: name.clone(),
                source,
            })?;
            if self.labels[..index].iter().any(|(other, _)| other == name) {
                let reason = format!("the constant label {name:?} is given twice; keep one");
                return Err(Error::runtime(&self.name, reason));
            }
        }
        Ok(())
    }

    fn check_old_name(&self) -> Result<(), Error> {
        let Some(old) = &self.was else { return Ok(()) };
        check_metric_name(old).map_err(|source| Error::Name {
            what: "old metric name",
            name: old.clone(),
            source,
        })?;
        if old.eq_ignore_ascii_case(&self.name) {
            let reason = "its old name is its name; give the name that it had before";
            return Err(Error::runtime(&self.name, reason));
        }
        Ok(())
    }

    fn check_value_type(&self) -> Result<(), Error> {
        let allowed = self.kind.value_types();
        if allowed.contains(&self.value_type) {
            return Ok(());
        }
        let allowed = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let (kind, given) = (self.kind.in_prose(), self.value_type);
        let reason = format!("{kind} cannot have values of type {given}; use {allowed}");
        Err(Error::runtime(&self.name, reason))
    }

    fn exponential_settings(&self) -> Result<Option<ExponentialSettings>, Error> {
        let Self { is_exponential, max_size, zero_threshold, .. } = self;
        let settings = [
            ("exponential", *is_exponential),
            ("max_size", max_size.is_some()),
            ("zero_threshold", zero_threshold.is_some()),
        ];
        let Some((first, _)) = settings.into_iter().find(|(_, is_given)| *is_given) else {
            return Ok(None);
        };
        let refuse = |reason: String| Err(Error::runtime(&self.name, reason));
        if self.kind != MetricType::Histogram {
            let kind = self.kind.in_prose();
            return refuse(format!(
                "{kind} has no buckets; leave `{first}` out or use a histogram"
            ));
        }
        if !is_exponential {
            return refuse(format!(
                "`{first}` is a setting of exponential histograms; call `exponential` too"
            ));
        }
        if self.buckets.is_some() {
            let reason = "an exponential histogram makes its buckets itself; leave `buckets` or \
                          `exponential` out";
            return refuse(reason.to_owned());
        }
        let default = ExponentialSettings::DEFAULT;
        let settings = default
            .max_size(max_size.unwrap_or(default.max_size))
            .zero_threshold(zero_threshold.unwrap_or(default.zero_threshold));
        match check_exponential(settings) {
            Ok(()) => Ok(Some(settings)),
            Err(error) => refuse(error.to_string()),
        }
    }

    fn take_boundaries(&mut self) -> Result<Vec<f64>, Error> {
        match (self.buckets.take(), self.kind) {
            (None, MetricType::Histogram) => Ok(default_for(&self.unit)),
            (None, _) => Ok(Vec::new()),
            (Some(boundaries), MetricType::Histogram) => match check_boundaries(&boundaries) {
                Ok(()) => Ok(boundaries),
                Err(source) => Err(Error::Buckets { metric: self.name.clone(), source }),
            },
            (Some(_), other) => {
                let kind = other.in_prose();
                let reason = format!("{kind} has no buckets; leave them out or use a histogram");
                Err(Error::runtime(&self.name, reason))
            }
        }
    }
}

/// A definition that was checked and breaks no rule.
pub(super) struct CheckedMetric {
    metric: Metric,
    boundaries: Vec<f64>,
    exponential: Option<ExponentialSettings>,
}

impl CheckedMetric {
    pub(super) fn name(&self) -> &str {
        &self.metric.name
    }

    pub(super) fn was(&self) -> Option<&str> {
        self.metric.was.as_deref()
    }

    /// The conflict with the registered metric `first`, if there is one.
    pub(super) fn conflict(&self, first: &Descriptor, source: Source) -> Option<Error> {
        let Metric { kind, name, unit, value_type, series_limit, lifetime, labels, was, .. } =
            &self.metric;
        let first_labels: Vec<_> = first.constant_labels().collect();
        let constant = |(name, value): &(String, String)| {
            Some((name.clone().into(), LabelRef::Str(value).to_value()?))
        };
        let labels: Vec<(Cow<'_, str>, _)> = labels.iter().filter_map(constant).collect();
        // Compared before anything is leaked: repeated registration must not fill memory.
        let facts = [
            ("case of the name", first.name().to_owned(), name.clone()),
            ("type", first.metric_type().to_string(), kind.to_string()),
            ("value type", first.value_type().to_string(), value_type.to_string()),
            ("unit", format!("{:?}", first.unit()), format!("{unit:?}")),
            ("buckets", first.definition().grid().to_string(), self.buckets()),
            ("series limit", first.definition().series_limit.to_string(), series_limit.to_string()),
            ("constant labels", in_prose(&first_labels), in_prose(&labels)),
            ("old name", format!("{:?}", first.was()), format!("{:?}", was.as_deref())),
            ("expiry", first.definition().lifetime.in_prose(), lifetime.in_prose()),
        ];
        let (what, a, b) = facts.into_iter().find(|(_, a, b)| a != b)?;
        let (name, first) = (first.name().to_owned(), (a, first.source()));
        Some(Error::Conflict(Box::new(Conflict { name, what, first, second: (b, source) })))
    }

    /// The buckets, as the display of a [`Grid`] writes them.
    fn buckets(&self) -> String {
        match self.exponential {
            Some(settings) => Grid::Exponential(settings).to_string(),
            None => format!("{:?}", self.boundaries),
        }
    }

    /// Leaks the texts of the definition, which stays for ever.
    pub(super) fn leak(self, source: Source) -> Definition {
        let metric = self.metric;
        Definition {
            name: leak(metric.name),
            metric_type: metric.kind,
            value_type: metric.value_type,
            unit: leak(metric.unit),
            description: leak(metric.description),
            labels: Box::leak(metric.labels.into_iter().map(constant).collect()),
            boundaries: Box::leak(self.boundaries.into_boxed_slice()),
            exponential: self.exponential,
            series_limit: metric.series_limit,
            lifetime: metric.lifetime,
            presentation: presentation(metric.was, metric.exposed),
            place: Box::leak(Box::new(Place { file: source.file, module: source.module })),
            line: source.line,
            item: source.item,
        }
    }
}

fn presentation(was: Option<String>, exposed: Option<String>) -> Option<&'static Presentation> {
    if was.is_none() && exposed.is_none() {
        return None;
    }
    let plain = Presentation::PLAIN;
    let named = was.map_or(plain, |old| plain.was(leak(old)));
    let shown = exposed.map_or(named, |name| named.exposed_as(leak(name)));
    Some(Box::leak(Box::new(shown)))
}

fn constant((name, value): (String, String)) -> LabelDescriptor {
    LabelDescriptor::constant(leak(name), leak(value))
}

fn in_prose(labels: &[(Cow<'_, str>, LabelValue)]) -> String {
    let labels = labels.iter().map(|(name, value)| format!("{name}={value}"));
    format!("\"{}\"", labels.collect::<Vec<_>>().join(" "))
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
