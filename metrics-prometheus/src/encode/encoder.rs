//! The functions that encode a scrape.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use typed_metrics_core::{MetricSnapshot, Snapshot, read_live};

use super::scrape::Scrape;
use crate::conflicts::Families;
use crate::format::Format;
use crate::settings::Settings;

impl Format {
    /// Appends a scrape of the snapshot to `out`.
    ///
    /// Metrics are sorted by name, and series by labels. A metric without series is left out. So
    /// are a metric whose name belongs to another one already, and a series whose labels do: a
    /// warning names both, once. [`Naming::check`](crate::Naming::check) finds such names before.
    pub fn encode(self, snapshot: &Snapshot, settings: &Settings, out: &mut Vec<u8>) {
        let mut metrics: Vec<&MetricSnapshot> =
            snapshot.metrics.iter().filter(|metric| !metric.series.is_empty()).collect();
        let descriptors = metrics.iter().map(|metric| metric.descriptor).enumerate();
        let families = Families::of(
            &settings.naming,
            self.escaping(),
            descriptors,
            !settings.resource.is_empty(),
        );
        Scrape::new(self, settings).write_all(&families, &mut metrics, out).report();
    }

    /// Appends a scrape of all metrics now to `out`, without a snapshot. So a scrape needs little
    /// memory besides its text, and allocates nothing for each series.
    ///
    /// The values of observed metrics are those that their callbacks gave last; no callback is
    /// called.
    ///
    /// ```
    /// use typed_metrics_core::{MetricType, attributes, record_metric};
    /// use typed_metrics_prometheus::{Format, Settings};
    ///
    /// record_metric("beeps", 3, MetricType::Gauge, attributes!()).unwrap();
    ///
    /// let mut scrape = Vec::new();
    /// Format::Text.encode_now(&Settings::default(), &mut scrape);
    /// assert_eq!(String::from_utf8(scrape).unwrap(), "# TYPE beeps gauge\nbeeps 3.0\n");
    /// ```
    pub fn encode_now(self, settings: &Settings, out: &mut Vec<u8>) {
        let before = out.len();
        // A scrape is about as long as the last one. A vector that grows step by step needs twice
        // the memory.
        out.reserve_exact(self.last_length().load(Relaxed));
        let has_target = !settings.resource.is_empty();
        let warnings = read_live(|live| {
            let families = |metrics: &[_]| {
                let metrics = metrics.iter().copied();
                Families::of(&settings.naming, self.escaping(), metrics, has_target)
            };
            let mut metrics: Vec<_> = live.metrics().enumerate().collect();
            let mut all = families(&metrics);
            if !all.left_out.is_empty() {
                // Metrics without series take no names. They are looked for only now, because that
                // costs as much as reading the values.
                metrics.retain(|(number, _)| live.is_recorded(*number));
                all = families(&metrics);
            }
            Scrape::new(self, settings).write_all(&all, live, out)
        });
        // Some room for values that get longer.
        let length = out.len() - before;
        self.last_length().store(length + length / 256, Relaxed);
        // The logger may take a snapshot, which waits for the end of `read_live`.
        warnings.report();
    }

    /// The length of the last scrape in this format. Relaxed is enough: it is a guess.
    fn last_length(self) -> &'static AtomicUsize {
        static LAST: [AtomicUsize; 5] = [const { AtomicUsize::new(0) }; 5];
        &LAST[match self {
            Self::Text => 0,
            Self::Text1(_) => 1,
            Self::OpenMetrics(_) => 2,
            Self::OpenMetrics2(_) => 3,
            Self::Protobuf(_) => 4,
        }]
    }
}
