//! Data points: messages of OTLP's `metrics.proto`, without the attributes, which are encoded
//! already.

use typed_metrics_core::HistogramSnapshot;

use super::exponential::{Buckets, Exponential};
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
    Exponential(&'a HistogramSnapshot, Exponential),
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
            Self::Exponential(_, exponential) => {
                let Exponential { scale, zeros: _, positive, negative } = exponential;
                let scale = 1 + varint_len(zigzag(*scale));
                // Count, sum, zeros, minimum and maximum.
                5 * fixed_len(4) + scale + positive.field_len(8) + negative.field_len(9)
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
            Self::Exponential(histogram, exponential) => {
                buffer.extend_from_slice(attributes);
                put_times(buffer);
                put_fixed(4, histogram.count, buffer);
                put_fixed(5, histogram.sum.to_bits(), buffer);
                put_varint(6, zigzag(exponential.scale), buffer);
                put_fixed(7, exponential.zeros, buffer);
                exponential.positive.put(8, buffer);
                exponential.negative.put(9, buffer);
                put_fixed(12, histogram.min.to_bits(), buffer);
                put_fixed(13, histogram.max.to_bits(), buffer);
            }
        }
        buffer.extend_from_slice(exemplars);
    }
}

impl Buckets {
    fn field_len(&self, tag: u32) -> usize {
        if self.counts.is_empty() { 0 } else { bytes_len(tag, self.len()) }
    }

    fn len(&self) -> usize {
        1 + varint_len(zigzag(self.offset)) + bytes_len(2, self.counts_len())
    }

    fn counts_len(&self) -> usize {
        self.counts.iter().map(|count| varint_len(*count)).sum()
    }

    fn put(&self, tag: u32, buffer: &mut Vec<u8>) {
        if self.counts.is_empty() {
            return;
        }
        put_begin(tag, self.len(), buffer);
        put_varint(1, zigzag(self.offset), buffer);
        put_begin(2, self.counts_len(), buffer);
        self.counts.iter().for_each(|count| prost::encoding::encode_varint(*count, buffer));
    }
}
