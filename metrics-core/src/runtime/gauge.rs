//! The operations of a gauge that was registered at run time.

use std::time::Duration;

use super::registered::RuntimeMetric;
use crate::cells::adjustment::Adjustment;
use crate::clock;
use crate::error::Error;
use crate::labels::attributes::IntoAttributes;
use crate::labels::attributes::collected::collected;
use crate::metric::dropped::DropReason;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::{MetricType, ValueType};
use crate::rules::unit::nanos_in;
use crate::typed::any_number::{Any, FromAny};
use crate::typed::value::AnyValue;

impl RuntimeMetric {
    /// Adds `n` to a gauge, as [`Gauge::add`](crate::Handle::add) does. To add to a sum, call
    /// [`record`](Self::record).
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, attributes, register_metric, snapshot};
    ///
    /// let open = register_metric("open_doors", Metric::gauge("open_doors"))?;
    /// open.add(3, attributes!())?;
    /// open.dec(attributes!())?;
    /// open.set_max(1, attributes!())?;
    /// assert_eq!(snapshot().get("open_doors").unwrap().series[0].value.as_f64(), 2.0);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Runtime`] if the metric is not a gauge, and for the reasons of
    /// [`record`](Self::record). Then nothing is recorded, and a bad value or attribute is counted
    /// by [`DropReason`].
    pub fn add(self, n: impl AnyValue, attributes: impl IntoAttributes) -> Result<(), Error> {
        self.adjust(n.any(), attributes, addition)
    }

    /// Subtracts `n` from a gauge, as [`Gauge::sub`](crate::Handle::sub) does.
    ///
    /// # Errors
    /// See [`add`](Self::add).
    pub fn sub(self, n: impl AnyValue, attributes: impl IntoAttributes) -> Result<(), Error> {
        self.adjust(n.any(), attributes, |value_type, n| {
            addition(value_type, n).map(Adjustment::reversed)
        })
    }

    /// Adds 1 to a gauge.
    ///
    /// # Errors
    /// See [`add`](Self::add).
    pub fn inc(self, attributes: impl IntoAttributes) -> Result<(), Error> {
        self.add(1, attributes)
    }

    /// Subtracts 1 from a gauge.
    ///
    /// # Errors
    /// See [`add`](Self::add).
    pub fn dec(self, attributes: impl IntoAttributes) -> Result<(), Error> {
        self.sub(1, attributes)
    }

    /// Sets a gauge, unless its value is larger already, as
    /// [`Gauge::set_max`](crate::Handle::set_max) does.
    ///
    /// # Errors
    /// See [`add`](Self::add).
    pub fn set_max(
        self,
        value: impl AnyValue,
        attributes: impl IntoAttributes,
    ) -> Result<(), Error> {
        self.adjust(value.any(), attributes, |value_type, limit| {
            bits(value_type, limit).map(Adjustment::AtLeast)
        })
    }

    /// Sets a gauge, unless its value is smaller already.
    ///
    /// # Errors
    /// See [`add`](Self::add).
    pub fn set_min(
        self,
        value: impl AnyValue,
        attributes: impl IntoAttributes,
    ) -> Result<(), Error> {
        self.adjust(value.any(), attributes, |value_type, limit| {
            bits(value_type, limit).map(Adjustment::AtMost)
        })
    }

    /// Sets a gauge to the time since the Unix epoch, in the gauge's unit. A gauge of integers is
    /// set to the whole units that have passed.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the metric is not a gauge, if its unit is not a unit of time, or if an
    /// attribute breaks the rules of [`IntoAttributes`].
    pub fn set_to_now(self, attributes: impl IntoAttributes) -> Result<(), Error> {
        self.check_type(MetricType::Gauge)?;
        let (now, descriptor) = (clock::now(), self.descriptor());
        let value = match (descriptor.value_type(), nanos_in(descriptor.unit())) {
            (ValueType::F64, _) | (_, None) => Any::Time(Duration::from_nanos(now)),
            (_, Some(nanos)) => Any::Unsigned(now / nanos),
        };
        collected(
            |collected| attributes.collect(collected),
            |attributes| self.measure(value, attributes),
        )
    }

    fn adjust(
        self,
        value: Any,
        attributes: impl IntoAttributes,
        adjustment: impl FnOnce(ValueType, Any) -> Result<Adjustment, DropReason>,
    ) -> Result<(), Error> {
        self.check_type(MetricType::Gauge)?;
        collected(
            |collected| attributes.collect(collected),
            |attributes| {
                let descriptor = self.descriptor();
                let value_type = descriptor.value_type();
                let number = value.in_unit(descriptor.unit(), value_type != ValueType::F64);
                let adjustment = number.and_then(|number| adjustment(value_type, number));
                let (series, adjustment) = self.series_for(value, attributes, adjustment)?;
                with_number!(value_type, N => series.adjust::<N>(adjustment));
                Ok(())
            },
        )
    }
}

fn addition(value_type: ValueType, n: Any) -> Result<Adjustment, DropReason> {
    with_number!(value_type, N => N::addition_of(n))
}

fn bits(value_type: ValueType, value: Any) -> Result<u64, DropReason> {
    with_number!(value_type, N => N::from_any(value).map(Number::to_bits))
}
