//! Where the series come from: a snapshot, or the metrics themselves.

use std::time::SystemTime;

use typed_metrics_core::{
    Exemplar, ExponentialBuckets, HistogramSnapshot, LabelRef, Live, LiveValue, MetricSnapshot,
    Value,
};

use super::exemplar_labels::encoded;
use super::labels::LabelWriter;
use super::native::has_schema;
use super::number::Number;
use super::rows::{Counts, Reading, Rows};

/// The series of metrics, which are numbered.
pub(super) trait Source {
    /// Adds the series of a metric to `rows`, as those of `member`, with `more` labels each.
    fn add(
        &mut self,
        metric: usize,
        member: usize,
        more: &[(String, String)],
        labels: &mut LabelWriter<'_>,
        rows: &mut Rows,
    );
}

impl Source for Vec<&MetricSnapshot> {
    fn add(
        &mut self,
        metric: usize,
        member: usize,
        more: &[(String, String)],
        labels: &mut LabelWriter<'_>,
        rows: &mut Rows,
    ) {
        let metric = self[metric];
        rows.reserve(metric.series.len());
        for series in &metric.series {
            let (reading, counts) = match &series.value {
                Value::U64(value) => number(Number::U64(*value)),
                Value::I64(value) => number(Number::I64(*value)),
                Value::F64(value) => number(Number::F64(*value)),
                Value::Histogram(HistogramSnapshot { sum, min, buckets, exponential, .. }) => {
                    histogram(*sum, *min, buckets, exponential.as_deref())
                }
                _ => continue,
            };
            let own = series.labels.iter().map(|(name, value)| (name, value.as_ref()));
            rows.push(member, reading, counts, nanoseconds(series.created), |out| {
                labels.write(own.chain(pairs(more)), out);
            });
            add_exemplars(&series.exemplars, labels, rows);
        }
    }
}

impl Source for Live<'_> {
    fn add(
        &mut self,
        metric: usize,
        member: usize,
        more: &[(String, String)],
        labels: &mut LabelWriter<'_>,
        rows: &mut Rows,
    ) {
        rows.reserve(self.most_series(metric));
        self.for_each_series(metric, |series| {
            let (reading, counts) = match series.value {
                LiveValue::U64(value) => number(Number::U64(value)),
                LiveValue::I64(value) => number(Number::I64(value)),
                LiveValue::F64(value) => number(Number::F64(value)),
                LiveValue::Histogram { sum, min, buckets, exponential } => {
                    histogram(sum, min, buckets, exponential)
                }
            };
            rows.push(member, reading, counts, nanoseconds(series.created), |out| {
                labels.write(series.labels().chain(pairs(more)), out);
            });
            add_exemplars(series.exemplars, labels, rows);
        });
    }
}

fn number<'a>(number: Number) -> (Reading, Counts<'a>) {
    (Reading::Number(number), Counts::default())
}

/// A native histogram, if Prometheus has buckets for it.
fn histogram<'a>(
    sum: f64,
    min: f64,
    buckets: &'a [u64],
    exponential: Option<&'a ExponentialBuckets>,
) -> (Reading, Counts<'a>) {
    let native = exponential.filter(|exponential| has_schema(exponential));
    let reading = Reading::Histogram { sum, has_negative: min < 0.0, is_native: native.is_some() };
    (reading, Counts { buckets, native })
}

/// Adds the exemplars of the last row, if the format has exemplars.
fn add_exemplars(exemplars: &[Exemplar], labels: &LabelWriter<'_>, rows: &mut Rows) {
    if !labels.has_exemplars {
        return;
    }
    for exemplar in exemplars {
        let encoded = encoded(exemplar, nanoseconds(exemplar.time), labels);
        rows.push_exemplar(exemplar.bucket(), encoded);
    }
}

/// Labels with text.
pub(super) fn pairs<N: AsRef<str>>(
    labels: &[(N, String)],
) -> impl Iterator<Item = (&str, LabelRef<'_>)> {
    labels.iter().map(|(name, value)| (name.as_ref(), LabelRef::Str(value)))
}

/// Nanoseconds since the Unix epoch.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
