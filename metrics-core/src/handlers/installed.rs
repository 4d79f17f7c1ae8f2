//! An installed handler, and the protection of the program from its failures.

use std::collections::HashMap;
use std::iter::once;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

use log::Level;

use super::calls::Calls;
use super::handler::{HandlerError, MetricHandler};
use crate::collect::last_values::collections;
use crate::collect::registry;
use crate::collect::shown::OldNames;
use crate::error::Error;
use crate::foreign::{self, Foreign, Panicked};
use crate::metric::descriptor::Descriptor;
use crate::metric::metric_id::MetricId;
use crate::report::report;
use crate::store::family::Family;
use crate::store::forward::{self, Measurement, Subscriber};

/// A handler and its state.
pub(super) struct Installed {
    handler: Foreign<Arc<dyn MetricHandler>>,
    /// The handler's name at its installation: `name` is foreign code, and is called once.
    pub(super) name: String,
    pub(super) key: Option<Key>,
    pub(super) calls: Calls,
    /// Whether the handler works in a forked process.
    pub(super) survives_fork: bool,
    announced: Mutex<Announced>,
    /// Whether a panic of the handler was reported.
    panicked: AtomicBool,
    /// The number of collections that had begun at the installation.
    collections_before: AtomicU64,
}

/// Distinguishes back ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Chosen by this name.
    BackEnd(&'static str),
    /// An instance with this identity.
    Instance(usize),
}

/// The metrics that were announced to a handler.
#[derive(Debug, Default)]
struct Announced {
    /// The number of families, in the registry's order.
    families: usize,
    /// The metrics, and whether the handler subscribed.
    metrics: HashMap<MetricId, bool>,
}

impl Installed {
    /// Installs a handler.
    pub(super) fn new(
        handler: Foreign<Arc<dyn MetricHandler>>,
        name: String,
        key: Option<Key>,
    ) -> Result<Arc<Self>, Error> {
        // A handler that panics here is taken for a broken one.
        let survives_fork = foreign::call(|| handler.survives_fork()).unwrap_or(false);
        let installed = Arc::new(Self {
            handler,
            name,
            key,
            calls: Calls::default(),
            survives_fork,
            announced: Mutex::default(),
            panicked: AtomicBool::new(false),
            collections_before: AtomicU64::new(0),
        });
        installed.run("be installed", |handler| handler.install())?;
        // Relaxed: only `cannot_have_exported` reads the number, and no other data depends on it.
        installed.collections_before.store(collections(), Ordering::Relaxed);
        Ok(installed)
    }

    /// Announces to the handler the metrics that were not announced to it yet, each once.
    pub(super) fn announce(self: &Arc<Self>) {
        let mut looked_at = None;
        loop {
            let families = registry::all_families();
            if looked_at == Some(families.len()) {
                return;
            }
            // Another thread is announcing. It checks for further metrics after it has released the
            // lock.
            let mut announced = match self.announced.try_lock() {
                Ok(announced) => announced,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let old_names = OldNames::of(&families);
            for family in families.get(announced.families..).unwrap_or_default() {
                announced.families += 1;
                if family.is_left_out() {
                    continue;
                }
                let descriptor = family.descriptor();
                for name in once(descriptor).chain(old_names.get(descriptor)) {
                    if self.tell(family, name, &mut announced.metrics).is_none() {
                        return;
                    }
                }
            }
            looked_at = Some(families.len());
        }
    }

    /// Announces a family's metric under one of its names, unless another family defines the same
    /// metric. `None` if the handler was removed.
    fn tell(
        self: &Arc<Self>,
        family: &'static Family,
        descriptor: &'static Descriptor,
        metrics: &mut HashMap<MetricId, bool>,
    ) -> Option<()> {
        let wants_all = match metrics.get(&descriptor.id()) {
            Some(wants_all) => *wants_all,
            None => {
                let told = self.call("be told of a metric", |handler| {
                    handler.register(descriptor);
                    Ok(handler.subscribe(descriptor))
                });
                // A panic is reported, and means no subscription.
                let wants_all = told?.unwrap_or(false);
                metrics.insert(descriptor.id(), wants_all);
                wants_all
            }
        };
        if wants_all {
            forward::subscribe(family, descriptor, Arc::clone(self) as Arc<dyn Subscriber>);
        }
        Some(())
    }

    /// Flushes the handler; `None` if it was removed.
    pub(super) fn flush(&self) -> Option<Result<(), Error>> {
        self.call("flush", |handler| handler.flush())
    }

    /// Ends the forwarding of measurements to the removed handler.
    pub(super) fn unsubscribe(self: &Arc<Self>) {
        forward::unsubscribe(&registry::all_families(), self);
    }

    /// Shuts the removed handler down.
    pub(super) fn shut_down(&self) -> Result<(), Error> {
        self.run("shut down", |handler| handler.shutdown())
    }

    /// Ends the handler, whose installation is taken back.
    pub(super) fn abandon(&self) -> Result<(), Error> {
        self.run("be ended", |handler| handler.abandon())
    }

    /// Whether no collection has begun since the installation, and the handler receives no single
    /// measurements. Does not wait for a lock.
    pub(super) fn cannot_have_exported(&self) -> bool {
        let takes_measurements = |told: &Announced| told.metrics.values().any(|all| *all);
        self.collections_before.load(Ordering::Relaxed) == collections()
            && !self.announced.try_lock().is_ok_and(|told| takes_measurements(&told))
    }

    /// Calls the handler as [`run`](Self::run) does; `None` if it was removed.
    fn call<R>(
        &self,
        action: &'static str,
        f: impl FnOnce(&dyn MetricHandler) -> Result<R, HandlerError>,
    ) -> Option<Result<R, Error>> {
        let _call = self.calls.begin()?;
        Some(self.run(action, f))
    }

    /// Calls the handler, also if it was removed. A panic becomes an error, and is reported the
    /// first time.
    fn run<R>(
        &self,
        action: &'static str,
        f: impl FnOnce(&dyn MetricHandler) -> Result<R, HandlerError>,
    ) -> Result<R, Error> {
        let result = foreign::call(|| f(&**self.handler)).unwrap_or_else(|panicked| {
            self.report_panic(&panicked);
            Err(panicked.into())
        });
        result.map_err(|source| failed(&self.name, action, source))
    }

    /// Reports the first panic of the handler.
    fn report_panic(&self, panicked: &Panicked) {
        // Relaxed: no other data depends on the flag.
        if !self.panicked.swap(true, Ordering::Relaxed) {
            let name = &self.name;
            report(
                Level::Error,
                &format!("panic of handler `{name}`"),
                format_args!("handler `{name}`: {panicked} (reported once)"),
            );
        }
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        if let Err(panicked) = self.handler.end() {
            self.report_panic(&panicked);
        }
    }
}

impl Subscriber for Installed {
    fn measured(&self, measurement: &Measurement) {
        // `call` reports a panic. There is no caller that could take the error.
        let _ = self.call("take a measurement", |handler| {
            handler.measured(measurement);
            Ok(())
        });
    }

    fn is_removed(&self) -> bool {
        self.calls.has_ended()
    }
}

/// The error of a handler that could not do `action`.
pub(super) fn failed(name: &str, action: &'static str, source: HandlerError) -> Error {
    Error::Handler { name: name.to_owned(), action, source: source.into() }
}
