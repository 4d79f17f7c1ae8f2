//! How far a reader is in the sums and gauges of one family.

use crate::metric::descriptor::Descriptor;
use crate::metric::kind::{MetricType, ValueType, with_number};
use crate::metric::series_id::SeriesId;
use crate::number::Number;

/// What a reader knows of the series of one family that are no histograms, in the order in which
/// they are visited: series keep their places, only the overflow series comes last.
#[derive(Debug, Default)]
pub(super) struct FamilyProgress {
    pub(super) series: Vec<SumProgress>,
    pub(super) overflow: SumProgress,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SumProgress {
    /// The series that was there, if anything was recorded in it.
    pub(super) id: Option<SeriesId>,
    /// What it held.
    seen: u64,
    /// What the differences handed out add up to, added as whoever gets them adds them: for floats
    /// that can be another last bit, and must not become more over time.
    sent: u64,
}

impl SumProgress {
    /// What to hand out when the series holds `now`.
    pub(super) fn advance(
        &mut self,
        id: SeriesId,
        now: u64,
        descriptor: &'static Descriptor,
    ) -> Option<u64> {
        if descriptor.metric_type() == MetricType::Gauge {
            self.id = Some(id);
            return Some(now);
        }
        let is_new = self.id.replace(id).is_none();
        if std::mem::replace(&mut self.seen, now) == now && !is_new {
            return None;
        }
        let only_grows = descriptor.metric_type() == MetricType::Counter;
        // Differences of integers are exact.
        let is_exact = descriptor.value_type() != ValueType::F64;
        let only_grows = only_grows && !is_new && !is_exact;
        with_number!(descriptor.value_type(), N => self.send::<N>(now, only_grows))
    }

    fn send<T: Number>(&mut self, now: u64, only_grows: bool) -> Option<u64> {
        let sent = T::from_bits(self.sent);
        let change = T::from_bits(now).minus(sent);
        // The last bit of what was sent can be above what there is.
        if only_grows && change <= T::ZERO {
            return None;
        }
        self.sent = sent.plus(change).to_bits();
        Some(change.to_bits())
    }
}
