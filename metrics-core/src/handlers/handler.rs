//! The trait of handlers.

use std::sync::Arc;

use crate::metric::descriptor::Descriptor;
use crate::store::forward::Measurement;

/// The error of a handler.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// A back end: exports the recorded metrics.
///
/// A handler reads the metrics with [`snapshot`](crate::snapshot()) or a [`Reader`](crate::Reader)
/// of its own. It may read them at any time: in `flush`, in a thread of its own, or when a request
/// comes over the network. If a handler panics or fails, the program and the other handlers
/// continue.
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
    /// The name of the handler in errors and logs; by default, the name of its type. Called once,
    /// when the handler is installed.
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// Distinguishes this back end from others: of several handlers with the same identity, one is
    /// installed. The same `Arc` always counts as the same back end. Called once, when the handler
    /// is chosen.
    fn identity(&self) -> Option<usize> {
        None
    }

    /// Called once, before the handler is given any metric.
    ///
    /// # Errors
    /// If the handler cannot work. Then it is not installed.
    fn install(&self) -> Result<(), HandlerError> {
        Ok(())
    }

    /// Called once for each metric of the process: at the installation for the metrics that exist
    /// then, and later for each metric that is registered at run time.
    fn register(&self, metric: &'static Descriptor) {
        let _ = metric;
    }

    /// Whether the handler wants every single measurement of `metric`. Called once for each metric,
    /// after [`register`](Self::register). Recording in such a metric takes a slower path, which
    /// costs about 100 ns and the time of [`measured`](Self::measured).
    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        let _ = metric;
        false
    }

    /// Takes a measurement of a metric that the handler subscribed to, on the thread that records
    /// it.
    ///
    /// Measurements that this method records are counted, but not forwarded.
    fn measured(&self, measurement: &Measurement) {
        let _ = measurement;
    }

    /// Whether an installed handler still works in a process that is forked from its own, in which
    /// none of its threads exist. By default, it does. A handler that does not is removed there
    /// without any call, so the forked process sends nothing of its parent's. Called once, when the
    /// handler is installed.
    fn survives_fork(&self) -> bool {
        true
    }

    /// Delivers everything recorded so far.
    ///
    /// # Errors
    /// If something could not be delivered.
    fn flush(&self) -> Result<(), HandlerError>;

    /// Called once, when the handler is removed or the program shuts down. Flushes, and ends
    /// everything that the handler started.
    ///
    /// From the removal on, no other method is called, unless the handler is installed again. Calls
    /// that other threads had begun before have returned; a call that does not return for ten
    /// seconds is not waited for.
    ///
    /// # Errors
    /// If something could not be delivered.
    fn shutdown(&self) -> Result<(), HandlerError> {
        self.flush()
    }

    /// Called instead of [`shutdown`](Self::shutdown) if the handler was installed, and another
    /// handler of the same call of [`set_metric_handlers`](crate::set_metric_handlers) could not
    /// be. Ends everything that [`install`](Self::install) started, and exports nothing.
    ///
    /// By default, it is `shutdown`, which exports.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use std::sync::Arc;
    /// use typed_metrics::{HandlerError, InMemoryHandler, MetricHandler, set_metric_handlers};
    ///
    /// struct Unusable;
    ///
    /// impl MetricHandler for Unusable {
    ///     fn install(&self) -> Result<(), HandlerError> {
    ///         Err("the address is taken".into())
    ///     }
    ///
    ///     fn flush(&self) -> Result<(), HandlerError> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let kept = InMemoryHandler::new();
    /// assert!(set_metric_handlers((kept.clone(), Unusable)).is_err());
    /// // Its `abandon` takes no snapshot.
    /// assert!(kept.snapshots().is_empty());
    /// ```
    ///
    /// # Errors
    /// If something could not be ended. The error is logged.
    fn abandon(&self) -> Result<(), HandlerError> {
        self.shutdown()
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

            fn survives_fork(&self) -> bool {
                (**self).survives_fork()
            }

            fn flush(&self) -> Result<(), HandlerError> {
                (**self).flush()
            }

            fn shutdown(&self) -> Result<(), HandlerError> {
                (**self).shutdown()
            }

            fn abandon(&self) -> Result<(), HandlerError> {
                (**self).abandon()
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
