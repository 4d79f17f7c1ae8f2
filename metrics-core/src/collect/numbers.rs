//! How far a reader is in the sums and gauges of one family.

use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::{MetricType, ValueType};

/// How far a reader is in the series of a family that is not a histogram. The series are in the
/// order of the family, which never changes; only the overflow series is separate.
#[derive(Debug, Clone, Default)]
pub(super) struct FamilyProgress {
    series: Vec<SumProgress>,
    overflow: SumProgress,
}

impl FamilyProgress {
    /// The progress in the series in this row; `None` stands for the overflow series.
    pub(super) fn of(&mut self, row: Option<usize>) -> &mut SumProgress {
        let Some(row) = row else { return &mut self.overflow };
        if self.series.len() <= row {
            self.series.resize(row + 1, SumProgress::default());
        }
        &mut self.series[row]
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SumProgress {
    /// The series at this position, if anything was recorded in it.
    pub(super) id: Option<SeriesId>,
    /// The total of the series at the last call.
    total: u64,
    /// The sum of the returned differences, added in the order in which the receiver adds them. For
    /// floats, it may differ from the total in its last bit; this error must not grow.
    sent: u64,
    /// Whether this is a gauge with the value of the process that this one was forked from, which
    /// is not returned.
    is_of_parent: bool,
}

impl SumProgress {
    /// The difference to return when the series holds `now`.
    pub(super) fn advance(
        &mut self,
        id: SeriesId,
        now: u64,
        descriptor: &'static Descriptor,
    ) -> Option<u64> {
        if descriptor.metric_type() == MetricType::Gauge {
            let is_same = self.id.replace(id) == Some(id) && self.total == now;
            self.is_of_parent &= is_same;
            return (!self.is_of_parent).then_some(now);
        }
        let is_new = self.id.replace(id).is_none();
        if std::mem::replace(&mut self.total, now) == now && !is_new {
            return None;
        }
        let only_grows = descriptor.metric_type() == MetricType::Counter;
        // Differences of integers are exact.
        let is_exact = descriptor.value_type() != ValueType::F64;
        let only_grows = only_grows && !is_new && !is_exact;
        with_number!(descriptor.value_type(), N => self.send::<N>(now, only_grows))
    }

    /// Notes that a gauge has its value from the process that this one was forked from.
    pub(super) fn note_of_parent(&mut self, now: u64) {
        (self.total, self.is_of_parent) = (now, true);
    }

    fn send<T: Number>(&mut self, now: u64, only_grows: bool) -> Option<u64> {
        let sent = T::from_bits(self.sent);
        let change = T::from_bits(now).minus(sent).finite();
        // The last bit of the sent sum may be above the total.
        if only_grows && change <= T::ZERO {
            return None;
        }
        self.sent = sent.plus(change).to_bits();
        Some(change.to_bits())
    }
}
