//! Metrics known only at run time. They are registered and recorded by name, with attributes given
//! in each measurement. The metrics of a foreign API are registered in their scope, and recorded by
//! handles.
//!
//! Type, unit and buckets are checked as strictly as for typed metrics: the compiler reports
//! mistakes there, an [`Error`](crate::Error) reports them here. This layer may use `typed` and the
//! layers below it, and `handlers` to announce new metrics.

mod gauge;
mod histogram;
pub(crate) mod imported;
pub(crate) mod metric;
pub(crate) mod names;
pub(crate) mod overriding;
pub(crate) mod process_labels;
pub(crate) mod record;
pub(crate) mod registered;
pub(crate) mod scoped;
pub(crate) mod scoped_metric;
