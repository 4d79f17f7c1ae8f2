//! Data points: messages of OTLP's `metrics.proto`, without the attributes, which are encoded
//! already.

use typed_metrics_core::{ExponentialBuckets, ExponentialRange, HistogramSnapshot};

use super::wire::{
    bytes_len, fixed_len, put_begin, put_fixed, put_fixed_list, put_varint, varint_len, zigzag,
};

/// The parts that all data points have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common<'a> {
    /// The encoded attributes, each as a field of [`attributes_tag`].
    pub(super) attributes: &'a [u8],
    /// In nanoseconds since the Unix epoch; 0 if not known.
    pub(super) start: u64,
    pub(super) time: u64,
    /// The encoded exemplars, each as a field of [`exemplars_tag`](Data::exemplars_tag).
    pub(super) exemplars: &'a [u8],
}

/// The value of a data point.
#[derive(Debug)]
pub(super) enum Data<'a> {
    Int(i64),
    Double(f64),
    Explicit(&'a HistogramSnapshot),
    Exponential(&'a HistogramSnapshot, &'a ExponentialBuckets),
}

impl<'a> Data<'a> {
    pub(super) fn histogram(histogram: &'a HistogramSnapshot) -> Self {
        match &histogram.exponential {
            Some(buckets) => Self::Exponential(histogram, buckets),
            None => Self::Explicit(histogram),
        }
    }
}

impl Data<'_> {
    /// The tag of attributes in a data point of this kind.
    pub(super) fn attributes_tag(&self) -> u32 {
        match self {
            Self::Int(_) | Self::Double(_) => 7,
            Self::Explicit(_) => 9,
            Self::Exponential(..) => 1,
        }
    }

    /// The tag of exemplars in a data point of this kind.
    pub(super) fn exemplars_tag(&self) -> u32 {
        match self {
            Self::Int(_) | Self::Double(_) => 5,
            Self::Explicit(_) => 8,
            Self::Exponential(..) => 11,
        }
    }

    /// The length of the data point with these common parts.
    pub(super) fn len(&self, common: Common<'_>) -> usize {
        let start = if common.start == 0 { 0 } else { fixed_len(2) };
        let encoded = common.attributes.len() + common.exemplars.len();
        encoded + start + fixed_len(3) + self.own_len()
    }

    fn own_len(&self) -> usize {
        match self {
            Self::Int(_) | Self::Double(_) => fixed_len(6),
            Self::Explicit(histogram) => {
                // Count, sum, minimum and maximum.
                let lists = bytes_len(6, 8 * histogram.buckets.len())
                    + bytes_len(7, 8 * histogram.boundaries.len());
                4 * fixed_len(4) + lists
            }
            Self::Exponential(_, buckets) => {
                let scale = 1 + varint_len(zigzag(buckets.scale));
                let ranges = range_len(8, &buckets.positive) + range_len(9, &buckets.negative);
                // Count, sum, zeros, minimum, maximum and zero threshold.
                6 * fixed_len(4) + scale + ranges
            }
        }
    }

    /// Writes the fields, whose length [`len`](Self::len) is.
    pub(super) fn put(&self, common: Common<'_>, buffer: &mut Vec<u8>) {
        let Common { attributes, start, time, exemplars } = common;
        let put_times = |buffer: &mut Vec<u8>| {
            if start != 0 {
                put_fixed(2, start, buffer);
            }
            put_fixed(3, time, buffer);
        };
        match self {
            Self::Int(value) => {
                put_times(buffer);
                put_fixed(6, value.cast_unsigned(), buffer);
                buffer.extend_from_slice(attributes);
            }
            Self::Double(value) => {
                put_times(buffer);
                put_fixed(4, value.to_bits(), buffer);
                buffer.extend_from_slice(attributes);
            }
            Self::Explicit(histogram) => {
                put_times(buffer);
                put_fixed(4, histogram.count, buffer);
                put_fixed(5, histogram.sum.to_bits(), buffer);
                put_fixed_list(6, histogram.buckets.iter().copied(), buffer);
                put_fixed_list(7, histogram.boundaries.iter().map(|b| b.to_bits()), buffer);
                buffer.extend_from_slice(attributes);
                put_fixed(11, histogram.min.to_bits(), buffer);
                put_fixed(12, histogram.max.to_bits(), buffer);
            }
            Self::Exponential(histogram, buckets) => {
                buffer.extend_from_slice(attributes);
                put_times(buffer);
                put_fixed(4, histogram.count, buffer);
                put_fixed(5, histogram.sum.to_bits(), buffer);
                put_varint(6, zigzag(buckets.scale), buffer);
                put_fixed(7, buckets.zeros, buffer);
                put_range(8, &buckets.positive, buffer);
                put_range(9, &buckets.negative, buffer);
                put_fixed(12, histogram.min.to_bits(), buffer);
                put_fixed(13, histogram.max.to_bits(), buffer);
                put_fixed(14, buckets.zero_threshold.to_bits(), buffer);
            }
        }
        buffer.extend_from_slice(exemplars);
    }
}

/// The length of the field of a range. A range without buckets has no field.
fn range_len(tag: u32, range: &ExponentialRange) -> usize {
    if range.counts.is_empty() { 0 } else { bytes_len(tag, fields_len(range)) }
}

fn fields_len(range: &ExponentialRange) -> usize {
    1 + varint_len(zigzag(range.offset)) + bytes_len(2, counts_len(range))
}

fn counts_len(range: &ExponentialRange) -> usize {
    range.counts.iter().map(|count| varint_len(*count)).sum()
}

fn put_range(tag: u32, range: &ExponentialRange, buffer: &mut Vec<u8>) {
    if range.counts.is_empty() {
        return;
    }
    put_begin(tag, fields_len(range), buffer);
    put_varint(1, zigzag(range.offset), buffer);
    put_begin(2, counts_len(range), buffer);
    range.counts.iter().for_each(|count| prost::encoding::encode_varint(*count, buffer));
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::metrics::v1::ExponentialHistogramDataPoint;
    use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
    use prost::Message;
    use typed_metrics_core::{Metric, Value, attributes, register_metric, snapshot};

    use super::*;

    /// A histogram of three values.
    fn histogram() -> HistogramSnapshot {
        let metric = register_metric("otlp.point", Metric::histogram("otlp.point")).unwrap();
        [-1.5, 0.25, 7.0].into_iter().for_each(|v| metric.record(v, attributes!()).unwrap());
        let snapshot = snapshot();
        let Value::Histogram(histogram) = &snapshot.get("otlp.point").unwrap().series[0].value
        else {
            panic!("a histogram");
        };
        histogram.clone()
    }

    fn range(random: &mut fastrand::Rng) -> ExponentialRange {
        let mut range = ExponentialRange::default();
        range.offset = random.i32(..) >> random.u8(..32);
        let count = |random: &mut fastrand::Rng| random.u64(..) >> random.u8(..64);
        range.counts = (0..random.usize(..160)).map(|_| count(random)).collect();
        range
    }

    fn decoded(range: &ExponentialRange) -> Option<Buckets> {
        let ExponentialRange { offset, counts, .. } = range.clone();
        (!counts.is_empty()).then_some(Buckets { offset, bucket_counts: counts })
    }

    #[test]
    fn exponential_buckets_arrive_as_they_are() {
        let mut random = fastrand::Rng::with_seed(10);
        let histogram = histogram();
        for _ in 0..1000 {
            let mut buckets = ExponentialBuckets::default();
            buckets.scale = random.i32(-10..=20);
            buckets.zero_threshold = if random.bool() { 0.0 } else { random.f64() };
            buckets.zeros = random.u64(..) >> random.u8(..64);
            buckets.positive = range(&mut random);
            buckets.negative = range(&mut random);
            let data = Data::Exponential(&histogram, &buckets);
            let (start, time) = (random.u64(..), random.u64(..));
            let common = Common { attributes: &[], exemplars: &[], start, time };
            let mut bytes = Vec::new();
            data.put(common, &mut bytes);
            assert_eq!(data.len(common), bytes.len());
            let expected = ExponentialHistogramDataPoint {
                start_time_unix_nano: common.start,
                time_unix_nano: common.time,
                count: 3,
                sum: Some(5.75),
                scale: buckets.scale,
                zero_count: buckets.zeros,
                zero_threshold: buckets.zero_threshold,
                positive: decoded(&buckets.positive),
                negative: decoded(&buckets.negative),
                min: Some(-1.5),
                max: Some(7.0),
                ..ExponentialHistogramDataPoint::default()
            };
            assert_eq!(ExponentialHistogramDataPoint::decode(&*bytes).unwrap(), expected);
        }
    }
}
