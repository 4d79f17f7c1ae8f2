//! Recording a number of any type in a metric of any kind.

use super::any_number::{Any, FromAny};
use crate::cells::change::Change;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::{MetricType, ValueType};
use crate::store::series::Series;

/// Records any number, or a duration, according to the metric's kind: adds to a sum, sets a gauge,
/// or records in a histogram.
pub(crate) fn record_number(series: Series, value: Any) {
    if let Err(reason) = to_change(series.descriptor(), value).map(|change| match change {
        Change::Add(bits) => with_number!(series.value_type(), N => series.add(N::from_bits(bits))),
        Change::Set(bits) => series.set(bits),
        Change::Record { value, count } => series.record_many(value, count),
        Change::Adjust(adjustment) => {
            with_number!(series.value_type(), N => series.adjust::<N>(adjustment));
        }
    }) {
        series.drop_for(reason);
    }
}

/// The change that `value` makes to a metric, or the reason why the metric cannot record it.
pub(crate) fn to_change(descriptor: &Descriptor, value: Any) -> Result<Change, DropReason> {
    let value_type = descriptor.value_type();
    let value = value.in_unit(descriptor.unit(), value_type != ValueType::F64)?;
    Ok(match descriptor.metric_type() {
        MetricType::Histogram => Change::Record { value: f64::from_any(value)?, count: 1 },
        MetricType::Counter => {
            Change::Add(with_number!(value_type, N => value.to_increment::<N>()?.to_bits()))
        }
        MetricType::UpDownCounter => {
            Change::Add(with_number!(value_type, N => N::from_any(value)?.to_bits()))
        }
        MetricType::Gauge => {
            Change::Set(with_number!(value_type, N => N::from_any(value)?.to_bits()))
        }
    })
}
