//! Installing, flushing and removing handlers.

use std::cell::Cell;

use super::names::{IntoHandler, IntoHandlers};
use super::{installed, mistakes};
use crate::collect::conflicts;
use crate::collect::last_values;
use crate::error::Error;

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
    conflicts::check()?;
    let removed = installed::set(handlers.into_handlers())?;
    installed::retire(removed);
    mistakes::handlers_are_set();
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
    conflicts::check()?;
    installed::add(handler.into_handler())?;
    mistakes::handlers_are_set();
    Ok(())
}

/// Removes all handlers; each is flushed and shut down. Errors of a handler are logged, or written
/// to standard error if the program has no logger.
///
/// Metrics go on being recorded; a handler installed later gets all of it.
pub fn clear_metric_handlers() {
    let _last_values = last_values::show();
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
    let _last_values = last_values::show();
    Error::all(installed::shut_down(installed::take_all()))
}
