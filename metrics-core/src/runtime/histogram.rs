//! The operation of a histogram that was registered at run time.

use super::registered::RuntimeMetric;
use crate::cells::change::Change;
use crate::error::Error;
use crate::labels::attributes::IntoAttributes;
use crate::labels::attributes::collected::collected;
use crate::rules::kind::MetricType;
use crate::typed::value::AnyValue;

impl RuntimeMetric {
    /// Records `value` in a histogram `n` times, at the cost of one record. With `n = 0`, nothing
    /// is recorded.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let sizes = register_metric("packet_sizes", Metric::histogram("packet_sizes").unit("By"))?;
    /// sizes.record_many(1500, 3, attributes!())?;
    /// let snapshot = snapshot();
    /// let sizes = snapshot.get("packet_sizes").unwrap().series[0].value.as_histogram().unwrap();
    /// assert_eq!((sizes.count, sizes.sum), (3, 4500.0));
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Runtime`] if the metric is not a histogram, and for the reasons of
    /// [`record`](Self::record).
    pub fn record_many(
        self,
        value: impl AnyValue,
        n: u64,
        attributes: impl IntoAttributes,
    ) -> Result<(), Error> {
        self.check_type(MetricType::Histogram)?;
        let value = value.any();
        collected(
            |collected| attributes.collect(collected),
            |attributes| {
                let change = self.check_value(value);
                let (series, change) = self.series_for(value, attributes, change)?;
                if let Change::Record { value, .. } = change {
                    series.record_many(value, n);
                }
                Ok(())
            },
        )
    }
}
