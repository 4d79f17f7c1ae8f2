//! The trait of handlers.

use std::sync::Arc;

use crate::metric::descriptor::Descriptor;
use crate::store::forward::Measurement;

/// What a handler returns when it fails.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// A back end: gets the recorded metrics to where they are looked at.
///
/// A handler reads with [`snapshot`](crate::snapshot()) or a [`Reader`](crate::Reader) of its own,
/// whenever it wants: at `flush`, from a thread of its own, or when it is asked over the network.
/// It may panic or fail; neither harms the program nor the other handlers.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use std::sync::{Arc, Mutex};
/// use typed_metrics::{HandlerError, MetricHandler, MetricType, attributes, record_metric};
///
/// #[derive(Default)]
/// struct Totals(Mutex<Vec<String>>);
///
/// impl MetricHandler for Totals {
///     fn flush(&self) -> Result<(), HandlerError> {
///         for metric in typed_metrics::snapshot().metrics {
///             for series in &metric.series {
///                 let line = format!("{} {}", metric.descriptor.name(), series.value.as_f64());
///                 self.0.lock().unwrap().push(line);
///             }
///         }
///         Ok(())
///     }
/// }
///
/// record_metric("jobs", 2, MetricType::Counter, attributes!()).unwrap();
/// let totals = Arc::new(Totals::default());
/// typed_metrics::set_metric_handlers(Arc::clone(&totals)).unwrap();
/// typed_metrics::flush().unwrap();
/// assert_eq!(*totals.0.lock().unwrap(), ["jobs 2"]);
/// # typed_metrics::clear_metric_handlers();
/// ```
pub trait MetricHandler: Send + Sync + 'static {
    /// What errors and logs call it; its type, unless it says otherwise. Asked once, when it is
    /// installed.
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// Tells it from other back ends: of several handlers with one identity, one is installed. The
    /// same `Arc` is the same back end by itself. Asked once, when it is chosen.
    fn identity(&self) -> Option<usize> {
        None
    }

    /// Called once, before it gets anything.
    ///
    /// # Errors
    /// If it cannot work; then it is not installed.
    fn install(&self) -> Result<(), HandlerError> {
        Ok(())
    }

    /// Called once for each metric of the process: at installation for those that are there, later
    /// for those registered at run time.
    fn register(&self, metric: &'static Descriptor) {
        let _ = metric;
    }

    /// Whether it wants every single measurement of `metric`. Asked once for each metric, after
    /// [`register`](Self::register). Recording in such a metric takes a slower path, some 100 ns
    /// and what [`measured`](Self::measured) takes.
    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        let _ = metric;
        false
    }

    /// A measurement of a metric that it subscribed to, on the thread that records it.
    ///
    /// What is recorded in here is counted, but forwarded to nobody. Measurements that other
    /// threads were about to forward may still arrive while [`shutdown`](Self::shutdown) runs, and
    /// after it.
    fn measured(&self, measurement: &Measurement) {
        let _ = measurement;
    }

    /// Gets everything recorded so far to where it belongs.
    ///
    /// # Errors
    /// If that could not be done.
    fn flush(&self) -> Result<(), HandlerError>;

    /// Called once, when it is removed or the program shuts down: flushes and ends what it started.
    ///
    /// # Errors
    /// If something could not be delivered.
    fn shutdown(&self) -> Result<(), HandlerError> {
        self.flush()
    }
}

macro_rules! forward_handler {
    ($($pointer:ident),*) => {$(
        impl<H: MetricHandler + ?Sized> MetricHandler for $pointer<H> {
            fn name(&self) -> &str {
                (**self).name()
            }

            fn identity(&self) -> Option<usize> {
                (**self).identity().or(forward_handler!(@identity $pointer self))
            }

            fn install(&self) -> Result<(), HandlerError> {
                (**self).install()
            }

            fn register(&self, metric: &'static Descriptor) {
                (**self).register(metric);
            }

            fn subscribe(&self, metric: &'static Descriptor) -> bool {
                (**self).subscribe(metric)
            }

            fn measured(&self, measurement: &Measurement) {
                (**self).measured(measurement);
            }

            fn flush(&self) -> Result<(), HandlerError> {
                (**self).flush()
            }

            fn shutdown(&self) -> Result<(), HandlerError> {
                (**self).shutdown()
            }
        }
    )*};
    (@identity Arc $this:ident) => {
        Some(Arc::as_ptr($this).cast::<()>().addr())
    };
    (@identity Box $this:ident) => {
        None
    };
}

forward_handler!(Arc, Box);
