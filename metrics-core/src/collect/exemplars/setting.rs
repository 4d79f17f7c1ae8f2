//! Switching exemplars on and off.

use std::sync::Mutex;

use crate::collect::registry;
use crate::locks::lock;
use crate::store::exemplars::span::{CurrentSpan, SpanSource};
use crate::store::exemplars::switch::{ExemplarFilter, Switch};

/// The wishes of the program and its handlers.
#[derive(Debug)]
struct Settings {
    program: Option<Setting>,
    requests: Vec<(u64, Setting)>,
    /// The number of the next request.
    next: u64,
    /// The setting in force; `None` while exemplars are off.
    current: Option<Setting>,
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    filter: ExemplarFilter,
    current_span: SpanSource,
}

static SETTINGS: Mutex<Settings> =
    Mutex::new(Settings { program: None, requests: Vec::new(), next: 0, current: None });

/// Records exemplars of the measurements that `filter` selects, from now on. `current_span` returns
/// the span that its thread is inside. Without this call, and without a handler that was asked for
/// exemplars, there are none, and recording has no cost for them.
///
/// A setting of the program wins over those of handlers. The last call counts.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{CurrentSpan, ExemplarFilter, Metric, Reader, Value};
/// use typed_metrics::{attributes, register_metric, set_exemplars};
///
/// let reader = Reader::new();
/// let size = register_metric("exemplified", Metric::histogram("exemplified"))?;
/// set_exemplars(ExemplarFilter::TraceBased, || Some(CurrentSpan::new([7; 16], [9; 8], true)));
/// size.record(3, attributes!())?;
///
/// let snapshot = reader.collect();
/// let exemplar = &snapshot.get("exemplified").unwrap().series[0].exemplars[0];
/// assert_eq!(exemplar.value, Value::F64(3.0));
/// assert_eq!(exemplar.trace_id, Some([7; 16]));
/// # set_exemplars(ExemplarFilter::AlwaysOff, || None);
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// Counters and histograms have exemplars; up-down counters and gauges have none. Each series has
/// at most one exemplar for each collection of a reader, and a histogram at most one for each of
/// its buckets. Each measurement of the interval has the same chance to become it, with four
/// exceptions. A measurement is left out if another thread keeps one for the same bucket at the
/// same moment, if a collection ends the interval or a setting changes at the same moment, or if
/// the memory of its thread for series is used up. And while no measurement of an interval was
/// inside a sampled span, `TraceBased` asks fewer and fewer measurements for their span, down to
/// one of 16. `record_many` counts as one measurement.
///
/// The function is called for few measurements of busy series, and for each measurement of a series
/// with few of them. It must be fast and must not wait. If it panics, the measurement counts as
/// outside of any span. While exemplars are on, they take memory: 4 KiB for each thread and 512
/// cells, and about 250 bytes for each bucket or counter that ever had a candidate.
pub fn set_exemplars(filter: ExemplarFilter, current_span: fn() -> Option<CurrentSpan>) {
    let mut settings = lock(&SETTINGS);
    settings.program = Some(Setting { filter, current_span });
    settings.apply();
}

/// Records exemplars for a handler until the result is dropped. Of several requests, the one that
/// selects most counts.
#[doc(hidden)]
#[must_use]
pub fn request_exemplars(filter: ExemplarFilter, current_span: SpanSource) -> ExemplarRequest {
    let mut settings = lock(&SETTINGS);
    settings.next += 1;
    let number = settings.next;
    settings.requests.push((number, Setting { filter, current_span }));
    settings.apply();
    ExemplarRequest(number)
}

/// See [`request_exemplars`].
#[doc(hidden)]
#[derive(Debug)]
pub struct ExemplarRequest(u64);

impl Drop for ExemplarRequest {
    fn drop(&mut self) {
        let mut settings = lock(&SETTINGS);
        settings.requests.retain(|(number, _)| *number != self.0);
        settings.apply();
    }
}

impl Settings {
    fn apply(&mut self) {
        let requested = || {
            let of = |filter| self.requests.iter().find(|(_, s)| s.filter == filter);
            let found = of(ExemplarFilter::AlwaysOn).or_else(|| of(ExemplarFilter::TraceBased));
            found.map(|(_, setting)| *setting)
        };
        let wanted = self.program.or_else(requested);
        let wanted = wanted.filter(|wanted| wanted.filter != ExemplarFilter::AlwaysOff);
        let is_same = |now: Setting, wanted: Setting| {
            now.filter == wanted.filter
                && std::ptr::fn_addr_eq(now.current_span, wanted.current_span)
        };
        match (self.current, wanted) {
            (None, None) => return,
            (Some(now), Some(wanted)) if is_same(now, wanted) => return,
            (_, Some(Setting { filter, current_span })) => {
                Switch::turn_on(filter == ExemplarFilter::AlwaysOn, current_span);
            }
            (_, None) => Switch::turn_off(),
        }
        self.current = wanted;
        for family in registry::all_families() {
            family.exemplars_switched();
        }
    }
}
