//! The shared cells of a block: cells that all threads write to.

use crate::cells::shared_cell::SharedCell;
use crate::cells::shared_histogram::SharedHistogram;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;

/// The shared cells of a block, one for each of its series.
#[derive(Debug)]
pub(crate) enum Shared {
    Cells(Box<[SharedCell]>),
    Histograms(Box<[SharedHistogram]>),
}

impl Shared {
    /// The shared cells for `series` series of a metric.
    pub(super) fn new(descriptor: &Descriptor, series: usize) -> Self {
        if descriptor.metric_type() == MetricType::Histogram {
            let boundaries = descriptor.boundaries().len();
            let new = |_| SharedHistogram::new(boundaries);
            Self::Histograms((0..series).map(new).collect())
        } else {
            Self::Cells((0..series).map(|_| SharedCell::new()).collect())
        }
    }

    /// Resets the shared cells of the series at `position`.
    pub(super) fn clear(&self, position: usize, metric_type: MetricType) {
        match self {
            Self::Cells(cells) if metric_type == MetricType::Gauge => cells[position].unset(),
            Self::Cells(cells) => cells[position].clear(),
            Self::Histograms(histograms) => histograms[position].clear(),
        }
    }
}
