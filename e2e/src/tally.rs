use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The recorded values, by metric and labels. The labels are JSON text.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<(&'static str, String), Recorded>);

#[derive(Debug)]
enum Recorded {
    Sum(f64),
    Last(f64),
    Histogram(Histogram),
    /// The number of records of each value.
    Exponential(BTreeMap<u32, u64>),
}

#[derive(Debug)]
struct Histogram {
    bounds: &'static [f64],
    buckets: Vec<u64>,
    sum: f64,
    min: f64,
    max: f64,
}

impl Tally {
    pub(crate) fn add(&mut self, metric: &'static str, labels: &Value, n: f64) {
        let sum = self.0.entry((metric, labels.to_string())).or_insert(Recorded::Sum(0.0));
        let Recorded::Sum(sum) = sum else { panic!("{metric} is no sum") };
        *sum += n;
    }

    pub(crate) fn set(&mut self, metric: &'static str, value: f64) {
        self.0.insert((metric, json!({}).to_string()), Recorded::Last(value));
    }

    pub(crate) fn record(
        &mut self,
        metric: &'static str,
        labels: &Value,
        bounds: &'static [f64],
        value: f64,
    ) {
        let recorded = self.0.entry((metric, labels.to_string())).or_insert_with(|| {
            Recorded::Histogram(Histogram {
                bounds,
                buckets: vec![0; bounds.len() + 1],
                sum: 0.0,
                min: f64::INFINITY,
                max: f64::NEG_INFINITY,
            })
        });
        let Recorded::Histogram(histogram) = recorded else { panic!("{metric} is no histogram") };
        // A bound is the inclusive upper limit of its bucket.
        histogram.buckets[bounds.iter().filter(|bound| **bound < value).count()] += 1;
        histogram.sum += value;
        histogram.min = histogram.min.min(value);
        histogram.max = histogram.max.max(value);
    }

    /// Counts a value whose bucket `e2e/check.py` computes.
    pub(crate) fn count(&mut self, metric: &'static str, labels: &Value, value: u32) {
        let key = (metric, labels.to_string());
        let recorded = self.0.entry(key).or_insert_with(|| Recorded::Exponential(BTreeMap::new()));
        let Recorded::Exponential(counts) = recorded else { panic!("{metric} is no histogram") };
        *counts.entry(value).or_default() += 1;
    }

    /// Adds the values of `other`.
    pub(crate) fn and(mut self, other: Self) -> Self {
        for (key, more) in other.0 {
            match (self.0.get_mut(&key), more) {
                (Some(Recorded::Sum(sum)), Recorded::Sum(more)) => *sum += more,
                (Some(Recorded::Histogram(histogram)), Recorded::Histogram(more)) => {
                    histogram.and(more);
                }
                (Some(Recorded::Exponential(counts)), Recorded::Exponential(more)) => {
                    for (value, count) in more {
                        *counts.entry(value).or_default() += count;
                    }
                }
                (_, more) => drop(self.0.insert(key, more)),
            }
        }
        self
    }

    /// The series as JSON, by the name of the metric.
    pub(crate) fn to_json(&self) -> Value {
        let mut metrics = BTreeMap::<&str, Vec<Value>>::new();
        for ((metric, labels), recorded) in &self.0 {
            let labels: Value = serde_json::from_str(labels).expect("written from a value");
            metrics.entry(metric).or_default().push(match recorded {
                Recorded::Sum(value) | Recorded::Last(value) => {
                    json!({ "labels": labels, "value": value })
                }
                Recorded::Histogram(Histogram { bounds, buckets, sum, min, max }) => json!({
                    "labels": labels,
                    "count": buckets.iter().sum::<u64>(),
                    "sum": sum,
                    "min": min,
                    "max": max,
                    "bounds": bounds,
                    "buckets": buckets,
                }),
                Recorded::Exponential(counts) => json!({
                    "labels": labels,
                    "count": counts.values().sum::<u64>(),
                    "sum": counts.iter().map(|(v, n)| f64::from(*v) * *n as f64).sum::<f64>(),
                    "min": counts.first_key_value().map(|(value, _)| value),
                    "max": counts.last_key_value().map(|(value, _)| value),
                    "values": counts.iter().collect::<Vec<_>>(),
                }),
            });
        }
        json!(metrics)
    }
}

impl Histogram {
    fn and(&mut self, other: Self) {
        self.buckets.iter_mut().zip(other.buckets).for_each(|(count, more)| *count += more);
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}
