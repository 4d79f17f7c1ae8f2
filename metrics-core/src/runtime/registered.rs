//! A metric that was registered at run time.

use std::fmt;

use crate::cells::change::Change;
use crate::error::Error;
use crate::labels::attributes::IntoAttributes;
use crate::labels::attributes::collected::{Collected, collected};
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::rules::kind::{MetricType, ValueType};
use crate::rules::unit::nanos_in;
use crate::store::family::Family;
use crate::store::series::Series;
use crate::typed::any::{record_number, to_change};
use crate::typed::any_number::{Any, FromAny};
use crate::typed::value::AnyValue;

/// A metric that was registered at run time.
///
/// Keep it where you record the metric: it saves the lookup of the key.
#[derive(Clone, Copy)]
pub struct RuntimeMetric(pub(super) &'static Family);

impl RuntimeMetric {
    pub(super) fn family(self) -> &'static Family {
        self.0
    }

    /// The descriptor of the metric.
    #[must_use]
    pub fn descriptor(self) -> &'static Descriptor {
        self.0.descriptor()
    }

    /// Records `value`, as [`record_metric`](crate::record_metric) does: a number, or a
    /// [`Duration`](std::time::Duration) if the unit is a unit of time.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let open = register_metric("open_files", Metric::up_down_counter("open_files"))?;
    /// open.record(3, attributes!())?;
    /// open.record(-1, attributes!())?;
    /// assert_eq!(snapshot().get("open_files").unwrap().series[0].value.as_f64(), 2.0);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Runtime`] if the metric cannot hold the value, or if an attribute breaks the rules
    /// of [`IntoAttributes`]. Then nothing is recorded, and the attempt is counted by
    /// [`DropReason`].
    pub fn record(
        self,
        value: impl AnyValue,
        attributes: impl IntoAttributes,
    ) -> Result<(), Error> {
        let value = value.any();
        collected(
            |collected| attributes.collect(collected),
            |attributes| self.measure(value, attributes),
        )
    }

    pub(super) fn measure(
        self,
        value: Any,
        attributes: Result<&Collected, impl fmt::Display>,
    ) -> Result<(), Error> {
        let (series, _) = self.series_for(value, attributes, self.check_value(value))?;
        record_number(series, value);
        Ok(())
    }

    /// The series with these attributes, and what `checked` has made of `value`. Counts what is
    /// wrong.
    pub(super) fn series_for<T>(
        self,
        value: Any,
        attributes: Result<&Collected, impl fmt::Display>,
        checked: Result<T, DropReason>,
    ) -> Result<(Series, T), Error> {
        let attributes = attributes.map_err(|error| {
            self.0.dropped().note(DropReason::BadAttributes);
            Error::runtime(self.descriptor().name(), error.to_string())
        })?;
        let checked = checked.map_err(|reason| {
            self.0.dropped().note(reason);
            bad_value(self.descriptor(), value, reason)
        })?;
        Ok((self.0.find(attributes), checked))
    }

    pub(super) fn check_type(self, asked: MetricType) -> Result<(), Error> {
        let registered = self.descriptor().metric_type();
        if registered == asked {
            return Ok(());
        }
        Err(Error::wrong_type(self.descriptor().name(), registered, asked))
    }

    /// The change that `value` makes, or the reason why it cannot be recorded.
    pub(super) fn check_value(self, value: Any) -> Result<Change, DropReason> {
        let descriptor = self.descriptor();
        // The cells of a histogram hold any float, so its value type is checked here.
        if (descriptor.metric_type(), descriptor.value_type())
            == (MetricType::Histogram, ValueType::U64)
        {
            u64::from_any(value.in_unit(descriptor.unit(), true)?)?;
        }
        to_change(descriptor, value)
    }
}

impl fmt::Debug for RuntimeMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RuntimeMetric").field(self.descriptor()).finish()
    }
}

/// The error for a value: what is wrong, and how to fix it.
#[cold]
fn bad_value(descriptor: &Descriptor, value: Any, reason: DropReason) -> Error {
    let (metric_type, value_type) = (descriptor.metric_type(), descriptor.value_type());
    let reason = match reason {
        DropReason::NotFinite => format!("{value} is not finite; record numbers only"),
        DropReason::Negative if metric_type == MetricType::Counter => {
            format!("{value} is negative, and a counter only grows; use an up-down counter")
        }
        _ if matches!(value, Any::Time(_)) && nanos_in(descriptor.unit()).is_none() => format!(
            "{value} is a duration, and the unit {:?} is not a unit of time; record a number, or \
             register the metric with a unit of time",
            descriptor.unit()
        ),
        _ => format!(
            "{value} is not a value of type {value_type}; convert it, or register the metric with \
             values of f64, the default"
        ),
    };
    Error::runtime(descriptor.name(), reason)
}
