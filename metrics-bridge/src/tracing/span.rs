//! The times of a span.

use std::time::{Duration, Instant};

use tracing_core::Metadata;

use super::span_metrics::{SpanLabels, SpanLevel, SpanMetrics};

/// The times of a span that is open.
#[derive(Debug)]
pub(super) struct SpanTimes {
    began: Instant,
    busy: Duration,
    /// When the span was entered, and how often without an exit: threads may be in one span at the
    /// same time, and a thread may enter it twice.
    entered: Option<Instant>,
    depth: u32,
}

impl SpanTimes {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), busy: Duration::ZERO, entered: None, depth: 0 }
    }

    pub(super) fn enter(&mut self) {
        self.depth += 1;
        self.entered.get_or_insert_with(Instant::now);
    }

    pub(super) fn exit(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0
            && let Some(entered) = self.entered.take()
        {
            self.busy += entered.elapsed();
        }
    }

    pub(super) fn close(&self, metadata: &Metadata<'_>) {
        let total = self.began.elapsed();
        let busy = self.busy + self.entered.map_or(Duration::ZERO, |entered| entered.elapsed());
        let labels = SpanLabels::new(metadata.name(), SpanLevel::of(*metadata.level()));
        SpanMetrics::duration(labels).record(total);
        SpanMetrics::busy(labels).record(busy);
        SpanMetrics::idle(labels).record(total.saturating_sub(busy));
    }
}
