//! What a run-time metric is to be, and whether it can be that.

use crate::buckets::{check_boundaries, default_for};
use crate::descriptor::{
    DEFAULT_SERIES_LIMIT, Definition, Descriptor, MetricType, Source, ValueType,
};
use crate::error::{Conflict, Error, in_prose};
use crate::name::check_metric_name;
use crate::unit::check_unit;

/// The definition of a run-time metric, for [`register_metric`](crate::register_metric), which
/// checks it.
///
/// Values are `f64` unless [`value_type`](Self::value_type) says otherwise, also those of counters:
/// what is recorded at run time is any number, and all of them fit, whole ones exactly up to 2^53.
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
    metric_type: MetricType,
    name: String,
    unit: String,
    description: String,
    value_type: ValueType,
    series_limit: usize,
    buckets: Option<Vec<f64>>,
}

impl Metric {
    pub(super) fn new(metric_type: MetricType, name: impl Into<String>) -> Self {
        Self {
            metric_type,
            name: name.into(),
            unit: String::new(),
            description: String::new(),
            value_type: ValueType::F64,
            series_limit: DEFAULT_SERIES_LIMIT,
            buckets: None,
        }
    }

    /// A sum that only grows.
    pub fn counter(name: impl Into<String>) -> Self {
        Self::new(MetricType::Counter, name)
    }

    /// A sum that grows and shrinks.
    pub fn up_down_counter(name: impl Into<String>) -> Self {
        Self::new(MetricType::UpDownCounter, name)
    }

    /// A value of which the last one counts.
    pub fn gauge(name: impl Into<String>) -> Self {
        Self::new(MetricType::Gauge, name)
    }

    /// A distribution of values.
    pub fn histogram(name: impl Into<String>) -> Self {
        Self::new(MetricType::Histogram, name)
    }

    /// The [unit](crate::unit), a UCUM code; none by default.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// What it measures, in words; empty by default.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Inclusive upper limits of a histogram's buckets, strictly increasing and finite; by default
    /// those that [suit the unit](crate::buckets::default_for).
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, buckets::exponential, register_metric};
    ///
    /// let sizes = Metric::histogram("sizes").unit("By").buckets(exponential(64.0, 8.0, 3).unwrap());
    /// let sizes = register_metric("sizes", sizes)?;
    /// assert_eq!(sizes.descriptor().boundaries(), [64.0, 512.0, 4096.0]);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn buckets(mut self, buckets: impl IntoIterator<Item: Into<f64>>) -> Self {
        self.buckets = Some(buckets.into_iter().map(Into::into).collect());
        self
    }

    /// The type of its values: `f64`, the default, or `u64` for counters, `i64` for up-down
    /// counters, either for gauges, `u64` for histograms.
    pub fn value_type(mut self, value_type: ValueType) -> Self {
        self.value_type = value_type;
        self
    }

    /// How many series it may have before new ones land in the overflow series; 2000 by default.
    pub fn series_limit(mut self, limit: usize) -> Self {
        self.series_limit = limit;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Checks every rule.
    pub(super) fn check(&self) -> Result<Checked<'_>, Error> {
        let Self { name, unit, metric_type, value_type, .. } = self;
        check_metric_name(name).map_err(|source| Error::Name {
            what: "metric name",
            name: name.clone(),
            source,
        })?;
        check_unit(unit).map_err(|source| Error::Unit {
            metric: name.clone(),
            unit: unit.clone(),
            source,
        })?;
        let allowed = value_types(*metric_type);
        if !allowed.contains(value_type) {
            let allowed = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            let reason = format!(
                "{} has no values of {value_type}; give {allowed}",
                in_prose(*metric_type)
            );
            return Err(Error::runtime(name, reason));
        }
        if self.series_limit == 0 {
            let reason = "with a series limit of 0 every measurement would land in the overflow \
                          series; give at least 1";
            return Err(Error::runtime(name, reason));
        }
        Ok(Checked { metric: self, boundaries: self.boundaries()? })
    }

    fn boundaries(&self) -> Result<Vec<f64>, Error> {
        let boundaries = match (&self.buckets, self.metric_type) {
            (None, MetricType::Histogram) => return Ok(default_for(&self.unit)),
            (None, _) => return Ok(Vec::new()),
            (Some(boundaries), MetricType::Histogram) => boundaries,
            (Some(_), other) => {
                let reason =
                    format!("{} has no buckets; leave them out or use a histogram", in_prose(other));
                return Err(Error::runtime(&self.name, reason));
            }
        };
        check_boundaries(boundaries)
            .map_err(|source| Error::Buckets { metric: self.name.clone(), source })?;
        Ok(boundaries.clone())
    }
}

/// The value types that a kind can have, as the derive knows them too.
fn value_types(metric_type: MetricType) -> &'static [ValueType] {
    match metric_type {
        MetricType::Counter | MetricType::Histogram => &[ValueType::U64, ValueType::F64],
        MetricType::UpDownCounter => &[ValueType::I64, ValueType::F64],
        MetricType::Gauge => &[ValueType::F64, ValueType::I64, ValueType::U64],
    }
}

/// A definition that keeps every rule.
pub(super) struct Checked<'a> {
    metric: &'a Metric,
    boundaries: Vec<f64>,
}

impl Checked<'_> {
    /// The conflict with a metric that is there, if there is one.
    pub(super) fn conflict(&self, first: &Descriptor, source: Source) -> Option<Error> {
        let Metric { metric_type, name, unit, description, value_type, series_limit, .. } =
            self.metric;
        // Compared before anything is leaked: registering again and again must not fill memory.
        let facts = [
            ("case of the name", first.name().to_owned(), name.clone()),
            ("type", first.metric_type().to_string(), metric_type.to_string()),
            ("value type", first.value_type().to_string(), value_type.to_string()),
            ("unit", format!("{:?}", first.unit()), format!("{unit:?}")),
            ("description", format!("{:?}", first.description()), format!("{description:?}")),
            ("buckets", format!("{:?}", first.boundaries()), format!("{:?}", self.boundaries)),
            ("series limit", first.series_limit().to_string(), series_limit.to_string()),
        ];
        let (what, a, b) = facts.into_iter().find(|(_, a, b)| a != b)?;
        let (first_source, name) = (first.source(), first.name().to_owned());
        let (first, second) = ((a, first_source), (b, source));
        Some(Error::Conflict(Box::new(Conflict { name, what, first, second })))
    }

    /// The descriptor, which stays for ever.
    pub(super) fn leak(self, source: Source) -> &'static Descriptor {
        let Metric { metric_type, name, unit, description, value_type, series_limit, .. } =
            self.metric;
        let leak = |text: &str| -> &'static str { Box::leak(Box::from(text)) };
        Box::leak(Box::new(Descriptor::new(Definition {
            name: leak(name),
            metric_type: *metric_type,
            value_type: *value_type,
            unit: leak(unit),
            description: leak(description),
            labels: &[],
            boundaries: Box::leak(self.boundaries.into_boxed_slice()),
            series_limit: *series_limit,
            source,
        })))
    }
}
