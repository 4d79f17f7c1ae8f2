//! Installing, flushing and removing handlers.

use std::cell::Cell;

use super::names::{IntoHandler, IntoHandlers};
use super::{list, mistakes};
use crate::collect::conflicts;
use crate::collect::last_values;
use crate::collect::overrides::override_by_variables;
use crate::error::Error;
use crate::foreign::Outermost;

/// Installs these handlers, and removes all others.
///
/// A handler is a name or an instance. Several handlers are an array, or a tuple that may mix names
/// and instances. A handler that is chosen by name is configured by the environment; the case of
/// the name does not matter. A handler that is installed already, by the same name or the same
/// `Arc`, stays as it is. All other installed handlers are flushed and shut down.
///
/// If several threads install one handler at the same time, one of them installs it, and the others
/// do not wait. A handler that should stay is removed if another thread removes it meanwhile.
///
/// Handlers and callbacks may call this function, [`add_metric_handler`],
/// [`clear_metric_handlers`], [`flush`] and [`shutdown`]. There, a removed handler whose calls are
/// still in progress is shut down later, by a thread of its own, and its errors are logged.
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
/// If a name is unknown ([`Error::UnknownHandler`]), a handler cannot be built or installed, or is
/// still being shut down ([`Error::Handler`]), two definitions of a metric disagree
/// ([`Error::Conflict`]), or a variable for [overrides](crate::override_metric) cannot be used
/// ([`Error::Variable`], [`Error::Override`], [`Error::Buckets`]). After an error, the installed
/// handlers are the same as before.
pub fn set_metric_handlers(handlers: impl IntoHandlers) -> Result<(), Error> {
    let choices = handlers.into_handlers();
    override_by_variables()?;
    conflicts::check()?;
    let removed = list::set(choices)?;
    list::retire(removed);
    mistakes::handlers_are_set();
    Ok(())
}

/// Installs one more handler, by name or by instance. Does nothing if the handler is installed
/// already.
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
    let choice = handler.into_handler();
    override_by_variables()?;
    conflicts::check()?;
    list::add(choice)?;
    mistakes::handlers_are_set();
    Ok(())
}

/// Removes all handlers. Each is flushed and shut down. Errors of a handler are logged, or written
/// to standard error if the program has no logger.
///
/// Metrics are still recorded afterwards, and a handler that is installed later exports all of
/// them.
pub fn clear_metric_handlers() {
    let _last_values = last_values::show();
    list::retire(list::take_all());
}

/// Flushes every handler. Inside a handler's own `flush`, this function does nothing.
///
/// # Errors
/// The errors of the handlers. After an error of one handler, the others are still flushed.
pub fn flush() -> Result<(), Error> {
    thread_local! {
        static FLUSHING: Cell<bool> = const { Cell::new(false) };
    }
    let Some(_outermost) = Outermost::begin(&FLUSHING) else { return Ok(()) };
    list::flush()
}

/// Flushes, shuts down and removes every handler.
///
/// If another thread shuts handlers down at the same time, this function waits until that is done,
/// and returns the same errors.
///
/// # Errors
/// The errors of the handlers. After an error of one handler, the others are still shut down.
pub fn shutdown() -> Result<(), Error> {
    let _last_values = last_values::show();
    let own = list::shut_down(list::take_all());
    // The caller may be `main`, whose end would end the other threads.
    Error::all(list::wait_for_other_threads().unwrap_or(own))
}
