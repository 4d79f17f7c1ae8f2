//! The shared cells of a block: cells that all threads write to.

use std::sync::OnceLock;

use super::state::End;
use crate::cells::change::Reading;
use crate::cells::grid::Grid;
use crate::cells::histogram::copied::Copied;
use crate::cells::shared_gauge::SharedGauge;
use crate::cells::shared_histogram::{Claimed, SharedHistogram};
use crate::cells::shared_sum::SharedSum;
use crate::locks::get_or_init;
use crate::metric::descriptor::Descriptor;
use crate::rules::kind::MetricType;

/// The shared cells of a block, one for each of its series.
#[derive(Debug)]
pub(crate) enum Shared {
    Gauges(Box<[SharedGauge]>),
    Sums(Box<[SharedSum]>),
    Histograms(Box<[LazyHistogram]>),
}

impl Shared {
    /// The shared cells for `series` series of a metric.
    pub(super) fn new(descriptor: &Descriptor, series: usize) -> Self {
        match descriptor.stored_type() {
            MetricType::Histogram => {
                Self::Histograms((0..series).map(|_| LazyHistogram::default()).collect())
            }
            MetricType::Gauge => Self::Gauges((0..series).map(|_| SharedGauge::new()).collect()),
            MetricType::Counter | MetricType::UpDownCounter => {
                Self::Sums((0..series).map(|_| SharedSum::new()).collect())
            }
        }
    }

    /// Resets the shared cell of the series at `position`. Returns what a sum or histogram held.
    pub(super) fn clear(&self, position: usize, end: End) -> Option<Reading> {
        match self {
            Self::Gauges(gauges) => {
                match end {
                    End::Removal => gauges[position].unset(),
                    End::Expiry => gauges[position].unset_if_seen(),
                }
                None
            }
            Self::Sums(sums) => sums[position].clear().map(Reading::Number),
            Self::Histograms(histograms) => {
                histograms[position].get().map(|histogram| Reading::Histogram(histogram.clear()))
            }
        }
    }

    /// Whether any of the cells holds something.
    pub(super) fn is_recorded(&self) -> bool {
        match self {
            Self::Gauges(gauges) => gauges.iter().any(|gauge| gauge.read().is_some()),
            Self::Sums(sums) => sums.iter().any(|sum| sum.read().is_some()),
            Self::Histograms(histograms) => {
                let mut recorded = histograms.iter().filter_map(LazyHistogram::get);
                recorded.any(|histogram| histogram.read(false).count() > 0)
            }
        }
    }
}

/// A shared histogram that is allocated by its first value. In a large block of fixed labels, a
/// thread that records at its very end uses only a few.
#[derive(Debug, Default)]
pub(crate) struct LazyHistogram(OnceLock<Box<SharedHistogram>>);

impl LazyHistogram {
    /// The histogram, if anything was ever recorded in it.
    pub(super) fn get(&self) -> Option<&SharedHistogram> {
        self.0.get().map(|histogram| &**histogram)
    }

    /// A part of the histogram for one writer.
    pub(super) fn claim(&self, grid: Grid) -> Claimed<'_> {
        self.get_or_allocate(grid).claim()
    }

    /// Adds a copied histogram.
    pub(super) fn absorb(&self, grid: Grid, copied: &Copied) {
        self.get_or_allocate(grid).absorb(copied);
    }

    fn get_or_allocate(&self, grid: Grid) -> &SharedHistogram {
        get_or_init::<Box<_>>(&self.0, || Box::new(SharedHistogram::new(grid)))
    }
}
