//! Families for the tests of this layer.

use super::family::{Family, NO_METRIC};
use super::key::Parts;
use crate::labels::part::Part;
use crate::labels::value::LabelRef;
use crate::metric::definition::Definition;
use crate::rules::kind::{MetricType, ValueType};

/// A counter with one open label, which no registry knows.
pub(super) fn counter(series_limit: usize) -> &'static Family {
    family(MetricType::Counter, ValueType::U64, series_limit)
}

/// A metric with one open label, which no registry knows.
pub(super) fn family(
    metric_type: MetricType,
    value_type: ValueType,
    series_limit: usize,
) -> &'static Family {
    Family::leak(Definition {
        name: "sample",
        metric_type,
        value_type,
        boundaries: match metric_type {
            MetricType::Histogram => &[10.0],
            _ => &[],
        },
        series_limit,
        ..NO_METRIC
    })
}

/// The value of the label. The tests count on hashes that look random. With a few seeds, the hashes
/// of consecutive numbers share bits for long, so the value is not `id` itself.
pub(super) fn label(id: u32) -> Parts<[Part<'static>; 1]> {
    let value = scattered(id.into()).cast_signed();
    Parts([Part::open(LabelRef::Int(value))])
}

/// A bijection whose bits look random.
pub(super) fn scattered(id: u64) -> u64 {
    let mut bits = (id + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    bits ^ (bits >> 29)
}
