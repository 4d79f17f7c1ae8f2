//! Handlers: where recorded metrics go.
//!
//! Recording happens once, whatever is installed: a handler reads snapshots when it wants to. So
//! installing, swapping or clearing handlers costs the recording side nothing and loses nothing that
//! was recorded before.

mod choose;
mod installed;

use std::cell::Cell;
use std::sync::Arc;

use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::key::Labels;
use crate::registry;
use crate::snapshot::Value;

pub use choose::{BACK_ENDS, BackEnd, Choice, IntoHandler, IntoHandlers};
pub(crate) use installed::{announce_all, forward_to};

/// What a handler returns when it fails.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// A back end: gets the recorded metrics to where they are looked at.
///
/// A handler reads with [`snapshot`](crate::snapshot()) or a [`Reader`](crate::Reader) of its own,
/// whenever it wants: at `flush`, from a thread of its own, or when it is asked over the network. It
/// may panic or fail; neither harms the program nor the other handlers.
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
    /// What is recorded in here is counted, but forwarded to nobody. Measurements that other threads
    /// were about to forward may still arrive while [`shutdown`](Self::shutdown) runs, and after it.
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

/// One measurement, as a subscribed handler gets it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Measurement {
    /// The metric.
    pub metric: &'static Descriptor,
    /// The labels of its series.
    pub labels: Labels,
    /// The increment, the gauge's new value, or the value recorded in a histogram (as `F64`).
    pub value: Value,
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

/// Installs these handlers, and no others: by name, by instance, one or several (an array, or a
/// tuple to mix).
///
/// Names are built from the environment, without regard to case. A handler that is installed
/// already, by the same name or the same `Arc`, stays as it is; others that were installed are
/// flushed and shut down.
///
/// Of several threads that install one handler at the same time, one does it, and the others do not
/// wait for it. A handler that is to stay, but that another thread removes meanwhile, is removed.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{InMemoryHandler, set_metric_handlers};
///
/// set_metric_handlers(InMemoryHandler::new()).unwrap();
///
/// let unknown = set_metric_handlers(["carrier-pigeon"]).unwrap_err();
/// assert!(unknown.to_string().contains("no handler named `carrier-pigeon`"));
/// # typed_metrics::clear_metric_handlers();
/// ```
///
/// # Errors
/// If a name is unknown ([`Error::UnknownHandler`]), a handler cannot be built or installed
/// ([`Error::Handler`]), or two definitions of a metric disagree ([`Error::Conflict`]). Then
/// everything stays as it was.
pub fn set_metric_handlers(handlers: impl IntoHandlers) -> Result<(), Error> {
    registry::check()?;
    let removed = installed::set(handlers.into_handlers())?;
    installed::retire(removed);
    Ok(())
}

/// Installs one more handler, by name or by instance; nothing changes if it is installed already.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{InMemoryHandler, add_metric_handler};
///
/// add_metric_handler(InMemoryHandler::new()).unwrap();
/// # typed_metrics::clear_metric_handlers();
/// ```
///
/// # Errors
/// As [`set_metric_handlers`].
pub fn add_metric_handler(handler: impl IntoHandler) -> Result<(), Error> {
    registry::check()?;
    installed::add(handler.into_handler())
}

/// Removes all handlers; each is flushed and shut down. What a handler says to that is logged.
///
/// Metrics go on being recorded; a handler installed later gets all of it.
pub fn clear_metric_handlers() {
    installed::retire(installed::take_all());
}

/// Asks every handler to flush. Inside a handler's own `flush` it does nothing.
///
/// # Errors
/// What handlers said, all of them having been asked.
pub fn flush() -> Result<(), Error> {
    thread_local! {
        static FLUSHING: Cell<bool> = const { Cell::new(false) };
    }
    if FLUSHING.replace(true) {
        return Ok(());
    }
    // Handlers' panics are caught in there.
    let flushed = installed::flush();
    FLUSHING.set(false);
    flushed
}

/// Flushes, shuts down and removes every handler.
///
/// # Errors
/// What handlers said, all of them having been asked.
pub fn shutdown() -> Result<(), Error> {
    Error::all(installed::shut_down(installed::take_all()))
}

/// Shuts down when it is dropped. Keep it in `main`:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// fn main() {
///     let _shutdown = typed_metrics::shutdown_guard();
///     // set handlers, run the program
/// }
/// ```
pub fn shutdown_guard() -> ShutdownGuard {
    ShutdownGuard(())
}

/// Shuts all handlers down when it is dropped; what they say to that is logged. From
/// [`shutdown_guard`].
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, which shuts down"]
#[derive(Debug)]
pub struct ShutdownGuard(());

impl Drop for ShutdownGuard {
    fn drop(&mut self) {
        clear_metric_handlers();
    }
}
