//! Attributes: the labels that are given with each measurement of a run-time metric.

pub(crate) mod collected;
pub(crate) mod error;
mod flat;
mod refuse;
mod scalar;

use serde::Serialize;

use crate::labels::label::Label;
use crate::labels::scratch::Scratch;
use crate::labels::value::LabelRef;

use collected::Collected;
use error::AttributeError;

/// A value that gives the attributes of a measurement:
///
/// - [`attributes!`](crate::attributes!), for a few named values;
/// - a reference to a slice or an array of pairs. The values have one type; [`LabelRef`] can hold
///   several types;
/// - a reference to any flat value that serde can serialize: a struct, a map, or `()` for no
///   attributes.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use std::collections::BTreeMap;
/// use serde::Serialize;
/// use typed_metrics::{Metric, attributes, register_metric, snapshot};
///
/// #[derive(Serialize)]
/// struct Job<'a> {
///     queue: &'a str,
///     attempt: u8,
///     tenant: Option<&'a str>,
/// }
///
/// let done = register_metric("jobs_done", Metric::counter("jobs_done"))?;
/// done.record(1, attributes!("queue" => "mail", "attempt" => 1))?;
/// done.record(1, &[("queue", "mail"), ("attempt", "first")])?;
/// done.record(1, &Job { queue: "mail", attempt: 1, tenant: None })?;
/// done.record(1, &BTreeMap::from([("queue", "mail")]))?;
///
/// let snapshot = snapshot();
/// let done = snapshot.get("jobs_done").unwrap();
/// let series = |i: usize| (done.series[i].labels.to_string(), done.series[i].value.as_f64());
/// assert_eq!(series(0), ("attempt=1 queue=mail".to_owned(), 2.0));
/// assert_eq!(series(1), ("attempt=first queue=mail".to_owned(), 1.0));
/// assert_eq!(series(2), ("queue=mail".to_owned(), 1.0));
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// The order of attributes does not matter: a series keeps them sorted by name. A measurement has
/// at most [`MAX_ATTRIBUTES`](crate::MAX_ATTRIBUTES) attributes. Their names follow the [rule for
/// labels](crate::name::check_label_name), and no name is given twice. Values are strings (cut to
/// [`MAX_LABEL_LEN`](crate::label::MAX_LABEL_LEN) bytes), booleans, integers (kept as text if they
/// do not fit into an `i64`) and floats. An `Option` that is `None` leaves the attribute out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as attributes",
    label = "not attributes",
    note = "write `attributes!(\"name\" => value)`, or give a reference: `&[(\"name\", value)]`, or `&value` of a flat struct or map that implements `serde::Serialize`"
)]
pub trait IntoAttributes {
    #[doc(hidden)]
    fn collect(self, collected: &mut Collected) -> Result<(), AttributeError>;
}

impl<T: Serialize + ?Sized> IntoAttributes for &T {
    fn collect(self, collected: &mut Collected) -> Result<(), AttributeError> {
        flat::attributes(self, collected)
    }
}

/// Named values, borrowed. [`attributes!`](crate::attributes!) makes them.
#[derive(Clone, Copy)]
pub struct Attributes<'a, const N: usize> {
    #[doc(hidden)]
    pub pairs: [(&'a str, &'a dyn AttributeValue); N],
}

impl<const N: usize> IntoAttributes for Attributes<'_, N> {
    #[inline]
    fn collect(self, collected: &mut Collected) -> Result<(), AttributeError> {
        self.pairs.into_iter().try_for_each(|(name, value)| {
            collected.push(name, value.attribute_value(&mut Scratch::new()))
        })
    }
}

impl<const N: usize> std::fmt::Debug for Attributes<'_, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut scratch: [Scratch; N] = [const { Scratch::new() }; N];
        let values = self.pairs.iter().zip(&mut scratch);
        f.debug_map()
            .entries(values.map(|((name, value), scratch)| (name, value.attribute_value(scratch))))
            .finish()
    }
}

/// Attributes of a measurement: `attributes!("queue" => "mail", "shard" => 3)`.
///
/// Names are `&str`, values are of any [`Label`] type or floats. Both are borrowed, so the macro
/// moves nothing. Recording with these attributes allocates nothing once their series exists.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{MetricType, attributes, record_metric, snapshot};
///
/// let queue = String::from("mail");
/// let attributes = attributes!("queue" => queue, "ratio" => 0.5, "urgent" => true);
/// record_metric("sent", 1, MetricType::Counter, attributes)?;
/// record_metric("sent", 1, MetricType::Counter, attributes!())?;
///
/// let snapshot = snapshot();
/// let sent = &snapshot.get("sent").unwrap().series;
/// assert_eq!(sent[0].labels.to_string(), "queue=mail ratio=0.5 urgent=true");
/// assert!(sent[1].labels.is_empty());
/// # Ok::<(), typed_metrics::Error>(())
/// ```
#[macro_export]
macro_rules! attributes {
    ($($name:expr => $value:expr),+ $(,)?) => {
        // A struct literal instead of a call extends the life of temporaries to that of a `let`
        // binding.
        $crate::Attributes { pairs: [$(($name, &$value)),+] }
    };
    () => {
        $crate::Attributes { pairs: [] }
    };
}

/// A type whose values can be the value of an attribute: every [`Label`], and floats.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of an attribute",
    label = "not the value of an attribute",
    note = "attributes take text, numbers, `bool`, `char`, `Option` of those, and types that derive `Label`"
)]
pub trait AttributeValue {
    #[doc(hidden)]
    fn attribute_value<'a>(&'a self, scratch: &'a mut Scratch) -> LabelRef<'a>;
}

impl<L: Label> AttributeValue for L {
    fn attribute_value<'a>(&'a self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        L::value(self, scratch)
    }
}

macro_rules! float_values {
    ($($float:ty: $value:ident => $as_ref:expr;)*) => {$(
        impl AttributeValue for $float {
            fn attribute_value<'a>(&'a self, _: &'a mut Scratch) -> LabelRef<'a> {
                let $value = *self;
                $as_ref
            }
        }
    )*};
}

float_values! {
    f32: value => LabelRef::Float(f64::from(value));
    f64: value => LabelRef::Float(value);
    &f32: value => LabelRef::Float(f64::from(*value));
    &f64: value => LabelRef::Float(*value);
    Option<f32>: value => value.map_or(LabelRef::Absent, |value| LabelRef::Float(f64::from(value)));
    Option<f64>: value => value.map_or(LabelRef::Absent, LabelRef::Float);
}
