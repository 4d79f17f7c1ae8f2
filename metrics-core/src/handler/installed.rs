//! The handlers that are installed, and keeping the rest of the program safe from them.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};

use super::choose::{Choice, Chosen};
use super::{HandlerError, Measurement, MetricHandler};
use crate::error::Error;
use crate::family::Family;
use crate::registry;
use crate::sync::lock;

/// A handler with what is known of it.
pub(crate) struct Installed {
    handler: Arc<dyn MetricHandler>,
    /// The back end's name, if it was chosen by name.
    back_end: Option<&'static str>,
    told: Mutex<Told>,
    /// Whether a panic of it was reported.
    panicked: AtomicBool,
    /// Whether it was removed. Changes, and is looked at, under the lock of [`SUBSCRIBERS`].
    removed: AtomicBool,
}

/// What a handler was told of.
#[derive(Debug, Default)]
struct Told {
    /// How many families, in the registry's order.
    families: usize,
    /// The metrics by name, and whether it subscribed.
    metrics: HashMap<&'static str, bool>,
}

type List = Vec<Arc<Installed>>;

static INSTALLED: Mutex<List> = Mutex::new(Vec::new());

/// Who wants each measurement of a family, by the family's address.
static SUBSCRIBERS: RwLock<Option<HashMap<usize, List>>> = RwLock::new(None);

/// Installs what was chosen in place of what is there, which is returned.
pub(super) fn set(choices: Vec<Choice>) -> Result<List, Error> {
    let before = lock(&INSTALLED).clone();
    let (kept, new) = build(choices, &before)?;
    let mut all = kept;
    all.extend(new.iter().cloned());
    let before = std::mem::replace(&mut *lock(&INSTALLED), all.clone());
    new.iter().for_each(|installed| installed.announce());
    let stays = |old: &Arc<Installed>| all.iter().any(|installed| Arc::ptr_eq(installed, old));
    Ok(before.into_iter().filter(|old| !stays(old)).collect())
}

/// Installs one more.
pub(super) fn add(choice: Choice) -> Result<(), Error> {
    let before = lock(&INSTALLED).clone();
    let (_, new) = build(vec![choice], &before)?;
    lock(&INSTALLED).extend(new.iter().cloned());
    new.iter().for_each(|installed| installed.announce());
    Ok(())
}

/// Builds and installs what is new among `choices`; also tells which of `before` they name again.
fn build(choices: Vec<Choice>, before: &[Arc<Installed>]) -> Result<(List, List), Error> {
    let (mut kept, mut new) = (List::new(), List::new());
    let installing = choices.into_iter().try_for_each(|Choice(chosen)| {
        if let Some(same) = before.iter().find(|installed| installed.is(&chosen)) {
            if !kept.iter().any(|installed| Arc::ptr_eq(installed, same)) {
                kept.push(Arc::clone(same));
            }
            return Ok(());
        }
        if new.iter().any(|installed: &Arc<Installed>| installed.is(&chosen)) {
            return Ok(());
        }
        let (handler, back_end) = chosen.build()?;
        let installed = Arc::new(Installed {
            handler,
            back_end,
            told: Mutex::default(),
            panicked: AtomicBool::new(false),
            removed: AtomicBool::new(false),
        });
        installed.call("be installed", |handler| handler.install())?;
        new.push(installed);
        Ok(())
    });
    if let Err(error) = installing {
        retire(new);
        return Err(error);
    }
    Ok((kept, new))
}

/// Removes all, and returns them.
pub(super) fn take_all() -> List {
    std::mem::take(&mut *lock(&INSTALLED))
}

/// Shuts down handlers that were removed, and logs what they say.
pub(super) fn retire(removed: List) {
    for error in shut_down(removed) {
        log::error!(target: "typed_metrics", "{error}");
    }
}

/// Shuts down handlers that were removed.
pub(super) fn shut_down(removed: List) -> Vec<Error> {
    removed.iter().for_each(|installed| installed.unsubscribe());
    let shutdown = |installed: &Arc<Installed>| installed.call("shut down", |h| h.shutdown()).err();
    removed.iter().filter_map(shutdown).collect()
}

/// Asks every handler to flush.
pub(super) fn flush() -> Result<(), Error> {
    let all = lock(&INSTALLED).clone();
    let flush = |installed: &Arc<Installed>| installed.call("flush", |h| h.flush()).err();
    Error::all(all.iter().filter_map(flush).collect())
}

/// Tells every handler of the metrics that it was not told of yet.
pub(crate) fn announce_all() {
    let all = lock(&INSTALLED).clone();
    all.iter().for_each(|installed| installed.announce());
}

/// Gives a measurement to everybody who subscribed to `family`.
pub(crate) fn forward_to(family: &'static Family, measurement: impl FnOnce() -> Measurement) {
    // A copy: a handler may install or remove handlers while it takes a measurement.
    let Some(subscribers) = subscribers_of(family) else { return };
    let measurement = measurement();
    for installed in subscribers {
        // A panic is reported; there is nobody to return an error to.
        let _ = installed.call("take a measurement", |handler| {
            handler.measured(&measurement);
            Ok(())
        });
    }
}

fn subscribers_of(family: &'static Family) -> Option<List> {
    let subscribers = SUBSCRIBERS.read().unwrap_or_else(PoisonError::into_inner);
    subscribers.as_ref()?.get(&address(family)).cloned()
}

fn address(family: &'static Family) -> usize {
    std::ptr::from_ref(family).addr()
}

impl Installed {
    fn is(&self, chosen: &Chosen) -> bool {
        match chosen {
            Chosen::Name(name) => self.back_end.is_some_and(|own| own.eq_ignore_ascii_case(name)),
            Chosen::Instance(handler) => {
                let identity = self.handler.identity();
                identity.is_some() && identity == handler.identity()
            }
        }
    }

    /// Tells the handler of the metrics that it was not told of yet, each once.
    fn announce(self: &Arc<Self>) {
        let mut looked_at = None;
        loop {
            let families = registry::families();
            if looked_at == Some(families.len()) {
                return;
            }
            // Somebody is at it: that one looks again, once it no longer keeps others out.
            let mut told = match self.told.try_lock() {
                Ok(told) => told,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            for family in families.get(told.families..).unwrap_or_default() {
                told.families += 1;
                self.tell(family, &mut told.metrics);
            }
            looked_at = Some(families.len());
        }
    }

    /// Tells the handler of a family's metric, unless another family defines the same one.
    fn tell(self: &Arc<Self>, family: &'static Family, metrics: &mut HashMap<&'static str, bool>) {
        let descriptor = family.descriptor();
        let wants_all = *metrics.entry(descriptor.name()).or_insert_with(|| {
            let wants_all = self.call("be told of a metric", |handler| {
                handler.register(descriptor);
                Ok(handler.subscribe(descriptor))
            });
            // A panic is reported, and means no.
            wants_all.unwrap_or(false)
        });
        if wants_all {
            let mut subscribers = SUBSCRIBERS.write().unwrap_or_else(PoisonError::into_inner);
            // Removed while it was told: nobody would end its subscription.
            if self.removed.load(Ordering::Relaxed) {
                return;
            }
            let by_family = subscribers.get_or_insert_default();
            by_family.entry(address(family)).or_default().push(Arc::clone(self));
            family.set_subscribed(true);
        }
    }

    fn unsubscribe(self: &Arc<Self>) {
        let mut subscribers = SUBSCRIBERS.write().unwrap_or_else(PoisonError::into_inner);
        self.removed.store(true, Ordering::Relaxed);
        let Some(by_family) = subscribers.as_mut() else { return };
        for family in registry::families() {
            if let Some(list) = by_family.get_mut(&address(family)) {
                list.retain(|installed| !Arc::ptr_eq(installed, self));
                family.set_subscribed(!list.is_empty());
            }
        }
    }

    /// Calls the handler; a panic becomes an error, and is logged the first time.
    fn call<R>(
        &self,
        action: &'static str,
        f: impl FnOnce(&dyn MetricHandler) -> Result<R, HandlerError>,
    ) -> Result<R, Error> {
        let called = catch_unwind(AssertUnwindSafe(|| f(&*self.handler)));
        let result = called.unwrap_or_else(|panic| {
            let error = panicked(&*panic);
            if !self.panicked.swap(true, Ordering::Relaxed) {
                let name = self.handler.name();
                log::error!(target: "typed_metrics", "handler `{name}`: {error} (said once)");
            }
            Err(error)
        });
        result.map_err(|source| Error::Handler {
            name: self.handler.name().to_owned(),
            action,
            source: source.into(),
        })
    }
}

/// Calls foreign code; a panic becomes an error.
pub(super) fn guarded<R>(f: impl FnOnce() -> Result<R, HandlerError>) -> Result<R, HandlerError> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> HandlerError {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", message.unwrap_or("with something that is no text")).into()
}
