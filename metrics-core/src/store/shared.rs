//! The shared cells of a block: cells that all threads write to.

use crate::cells::change::Reading;
use crate::cells::shared_gauge::SharedGauge;
use crate::cells::shared_histogram::SharedHistogram;
use crate::cells::shared_sum::SharedSum;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;

/// The shared cells of a block, one for each of its series.
#[derive(Debug)]
pub(crate) enum Shared {
    Gauges(Box<[SharedGauge]>),
    Sums(Box<[SharedSum]>),
    Histograms(Box<[SharedHistogram]>),
}

impl Shared {
    /// The shared cells for `series` series of a metric.
    pub(super) fn new(descriptor: &Descriptor, series: usize) -> Self {
        match descriptor.metric_type() {
            MetricType::Histogram => {
                let boundaries = descriptor.boundaries().len();
                let new = |_| SharedHistogram::new(boundaries);
                Self::Histograms((0..series).map(new).collect())
            }
            MetricType::Gauge => Self::Gauges((0..series).map(|_| SharedGauge::new()).collect()),
            MetricType::Counter | MetricType::UpDownCounter => {
                Self::Sums((0..series).map(|_| SharedSum::new()).collect())
            }
        }
    }

    /// Resets the shared cell of the series at `position`. Returns what a sum or histogram held.
    pub(super) fn clear(&self, position: usize) -> Option<Reading> {
        match self {
            Self::Gauges(gauges) => {
                gauges[position].unset();
                None
            }
            Self::Sums(sums) => sums[position].clear().map(Reading::Number),
            Self::Histograms(histograms) => {
                Some(Reading::Histogram(histograms[position].clear()))
            }
        }
    }

    /// Whether any of the cells holds something.
    pub(super) fn is_recorded(&self) -> bool {
        match self {
            Self::Gauges(gauges) => gauges.iter().any(|gauge| gauge.read().is_some()),
            Self::Sums(sums) => sums.iter().any(|sum| sum.read().is_some()),
            Self::Histograms(all) => all.iter().any(|one| one.read(false).count() > 0),
        }
    }
}
