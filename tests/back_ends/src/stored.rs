//! The metrics at a back end's destination, in one form for all back ends.

use std::collections::BTreeMap;

use typed_metrics_receiver::Exponential;

/// Metrics by name.
#[derive(Debug, Default)]
pub(crate) struct Stored(BTreeMap<String, Metric>);

#[derive(Debug)]
struct Metric {
    kind: String,
    unit: String,
    /// The values by labels, which are written `a=1 b=2`.
    series: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Histogram(Histogram),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// `None` if the back end does not show buckets.
    pub(crate) buckets: Option<Buckets>,
}

/// The number of values in each bucket.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Buckets {
    Explicit(Vec<u64>),
    Exponential(Exponential),
}

impl Stored {
    /// Adds a series.
    ///
    /// # Panics
    /// If the series is there already.
    pub(crate) fn add(&mut self, name: &str, kind: &str, unit: &str, labels: String, value: Value) {
        let new =
            || Metric { kind: kind.to_owned(), unit: unit.to_owned(), series: BTreeMap::new() };
        let metric = self.0.entry(name.to_owned()).or_insert_with(new);
        if let Some(before) = metric.series.insert(labels.clone(), value) {
            panic!("{name}: two series look like `{labels}`; one has {before:?}");
        }
    }

    /// The value of a series, if it is there.
    pub(crate) fn value(&self, name: &str, labels: &str) -> Option<&Value> {
        self.0.get(name)?.series.get(labels)
    }

    /// The value of a series that is a number, if it is there.
    #[track_caller]
    pub(crate) fn number(&self, name: &str, labels: &str) -> Option<f64> {
        match self.value(name, labels)? {
            Value::Number(number) => Some(*number),
            Value::Histogram(histogram) => panic!("{name} {labels}: {histogram:?} is not a number"),
        }
    }

    /// The value of a histogram's series, if it is there.
    #[track_caller]
    pub(crate) fn histogram(&self, name: &str, labels: &str) -> Option<&Histogram> {
        match self.value(name, labels)? {
            Value::Histogram(histogram) => Some(histogram),
            Value::Number(number) => panic!("{name} {labels}: {number} is not a histogram"),
        }
    }

    /// The kind and the unit of a metric.
    #[track_caller]
    pub(crate) fn kind_and_unit(&self, name: &str) -> (&str, &str) {
        let names = || self.0.keys().collect::<Vec<_>>();
        let metric = self.0.get(name);
        let metric = metric.unwrap_or_else(|| panic!("`{name}` is not among {:?}", names()));
        (&metric.kind, &metric.unit)
    }

    /// The series of a metric whose labels end with `end`.
    pub(crate) fn ending<'s>(
        &'s self,
        name: &str,
        end: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s Value)> {
        let series = self.0.get(name).into_iter().flat_map(|metric| &metric.series);
        let all = series.map(|(labels, value)| (labels.as_str(), value));
        all.filter(move |(labels, _)| labels.ends_with(end))
    }
}
