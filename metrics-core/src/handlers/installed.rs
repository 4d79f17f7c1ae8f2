//! The installed handlers, and the protection of the program from their failures.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};

use log::Level;

use super::handler::{HandlerError, MetricHandler};
use super::names::{BackEnd, Chosen, HandlerChoice, named};
use crate::collect::last_values::collections;
use crate::collect::registry;
use crate::error::Error;
use crate::foreign::{self, Foreign, Panicked};
use crate::report::report;
use crate::store::family::Family;
use crate::store::forward::{self, Measurement, Subscriber};
use crate::sync::lock;

/// A handler and its state.
pub(crate) struct Installed {
    handler: Foreign<Arc<dyn MetricHandler>>,
    /// The handler's name at its installation: `name` is foreign code, and is called once.
    name: String,
    key: Option<Key>,
    announced: Mutex<Announced>,
    /// Whether a panic of the handler was reported.
    panicked: AtomicBool,
    /// See [`Subscriber::removed`].
    removed: AtomicBool,
    /// The number of collections that had begun at the installation.
    collections_before: AtomicU64,
}

/// Distinguishes back ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
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
    /// The metrics by name, and whether the handler subscribed.
    metrics: HashMap<&'static str, bool>,
}

type List = Vec<Arc<Installed>>;

/// Handlers that were removed and are not shut down yet.
pub(super) struct Removed(List);

impl Removed {
    fn new(handlers: List, all: &mut All) -> Self {
        all.shutting_down += 1;
        Self(handlers)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        // Dropped first, because a handler may export when it is dropped.
        self.0.clear();
        lock(&ALL).shutting_down -= 1;
        SHUT_DOWN.notify_all();
    }
}

/// The installed handlers, and those that are being installed or shut down.
struct All {
    installed: List,
    /// Back ends that a thread is installing. Other threads do not install them meanwhile, and do
    /// not wait for that thread: handlers may install and remove handlers from inside their own
    /// methods.
    under_way: Vec<Key>,
    /// How many threads are shutting handlers down.
    shutting_down: usize,
}

static ALL: Mutex<All> =
    Mutex::new(All { installed: Vec::new(), under_way: Vec::new(), shutting_down: 0 });

/// Signalled when a thread has shut handlers down.
static SHUT_DOWN: Condvar = Condvar::new();

/// A handler that is to be installed.
struct Wanted {
    key: Option<Key>,
    origin: Origin,
}

/// A handler that is built, and not installed yet.
struct Built {
    handler: Foreign<Arc<dyn MetricHandler>>,
    name: String,
    key: Option<Key>,
}

enum Origin {
    BackEnd(&'static BackEnd),
    Instance { handler: Foreign<Arc<dyn MetricHandler>>, name: String },
}

/// The back ends that this call is installing. They leave [`All::under_way`] when this is dropped.
#[derive(Default)]
struct UnderWay(Vec<Key>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&ALL).under_way.retain(|key| !self.0.contains(key));
    }
}

/// Installs the chosen handlers in place of the installed ones, and returns the removed ones.
///
/// A chosen handler that is installed already stays, unless another thread removes it meanwhile.
pub(super) fn set(choices: Vec<HandlerChoice>) -> Result<Removed, Error> {
    let wanted = wanted(choices)?;
    let keys: Vec<Key> = wanted.iter().filter_map(|wanted| wanted.key).collect();
    let (new, _under_way) = install(wanted)?;
    let removed = {
        let mut all = lock(&ALL);
        let before = std::mem::take(&mut all.installed);
        let stays = |old: &Arc<Installed>| old.key.is_some_and(|key| keys.contains(&key));
        let (kept, removed) = before.into_iter().partition(stays);
        all.installed = kept;
        all.installed.extend(new.iter().cloned());
        Removed::new(removed, &mut all)
    };
    new.iter().for_each(|installed| installed.announce());
    Ok(removed)
}

/// Installs one more handler.
pub(super) fn add(choice: HandlerChoice) -> Result<(), Error> {
    let (new, _under_way) = install(wanted(vec![choice])?)?;
    lock(&ALL).installed.extend(new.iter().cloned());
    new.iter().for_each(|installed| installed.announce());
    Ok(())
}

/// Finds the chosen back ends, before anything is built or installed.
fn wanted(choices: Vec<HandlerChoice>) -> Result<Vec<Wanted>, Error> {
    let wanted = |HandlerChoice(chosen)| match chosen {
        Chosen::Name(name) => {
            let back_end = named(&name)?;
            Ok(Wanted { key: Some(Key::BackEnd(back_end.name)), origin: Origin::BackEnd(back_end) })
        }
        Chosen::Instance(handler) => {
            let name = name_of(&**handler)?;
            let identity = guarded(|| Ok(handler.identity()));
            let identity = identity.map_err(|source| failed(&name, "tell its identity", source))?;
            let key = identity.map(Key::Instance);
            Ok(Wanted { key, origin: Origin::Instance { handler, name } })
        }
    };
    choices.into_iter().map(wanted).collect()
}

/// Builds and installs the handlers of `wanted` that are neither installed nor being installed. The
/// caller adds them to [`All::installed`] before it drops the [`UnderWay`].
fn install(wanted: Vec<Wanted>) -> Result<(List, UnderWay), Error> {
    let mut under_way = UnderWay::default();
    // The other handlers are dropped outside the lock, because their drop is foreign code.
    let (wanted, _there): (Vec<_>, Vec<_>) = {
        let mut all = lock(&ALL);
        wanted.into_iter().partition(|wanted| {
            let Some(key) = wanted.key else { return true };
            let is_new = !all.under_way.contains(&key)
                && !all.installed.iter().any(|installed| installed.key == Some(key));
            if is_new {
                all.under_way.push(key);
                under_way.0.push(key);
            }
            is_new
        })
    };
    // All handlers are built before the first one is installed. Otherwise a handler would begin and
    // end because another one cannot be built.
    let built = wanted.into_iter().map(Wanted::build).collect::<Result<Vec<_>, _>>()?;
    let mut new = List::new();
    for built in built {
        match built.install() {
            Ok(installed) => new.push(installed),
            Err(error) => {
                let removed = Removed::new(new, &mut lock(&ALL));
                retire(removed);
                return Err(error);
            }
        }
    }
    Ok((new, under_way))
}

impl Wanted {
    fn build(self) -> Result<Built, Error> {
        let (handler, name) = match self.origin {
            Origin::Instance { handler, name } => (handler, name),
            Origin::BackEnd(back_end) => {
                let built = guarded(|| (back_end.build)());
                let handler = built.map_err(|source| failed(back_end.name, "be built", source))?;
                let handler = Foreign::new(handler);
                let name = name_of(&**handler)?;
                (handler, name)
            }
        };
        Ok(Built { handler, name, key: self.key })
    }
}

impl Built {
    fn install(self) -> Result<Arc<Installed>, Error> {
        let Self { handler, name, key } = self;
        let installed = Arc::new(Installed {
            handler,
            name,
            key,
            announced: Mutex::default(),
            panicked: AtomicBool::new(false),
            removed: AtomicBool::new(false),
            collections_before: AtomicU64::new(0),
        });
        installed.call("be installed", |handler| handler.install())?;
        // Relaxed: only `without_export` reads the number, and no other data depends on it.
        installed.collections_before.store(collections(), Ordering::Relaxed);
        Ok(installed)
    }
}

/// The name that a handler gives itself.
fn name_of(handler: &dyn MetricHandler) -> Result<String, Error> {
    let name = guarded(|| Ok(handler.name().to_owned()));
    name.map_err(|source| failed("without a name", "tell its name", source))
}

fn failed(name: &str, action: &'static str, source: HandlerError) -> Error {
    Error::Handler { name: name.to_owned(), action, source: source.into() }
}

/// Removes all handlers, and returns them.
pub(super) fn take_all() -> Removed {
    let mut all = lock(&ALL);
    let installed = std::mem::take(&mut all.installed);
    Removed::new(installed, &mut all)
}

/// Shuts down handlers that were removed, and reports the errors.
pub(super) fn retire(removed: Removed) {
    for error in shut_down(removed) {
        report_error(&error);
        drop(Foreign::new(error));
    }
}

/// Waits until other threads have shut down the handlers that they removed.
///
/// Does not wait inside foreign code: the shutdown may be waiting for that code.
pub(super) fn wait_for_other_threads() {
    if !foreign::is_inside() {
        let others = |all: &mut All| all.shutting_down > 0;
        drop(SHUT_DOWN.wait_while(lock(&ALL), others).unwrap_or_else(PoisonError::into_inner));
    }
}

fn report_error(error: &Error) {
    let text = format_args!("{error}");
    match error {
        Error::Handler { name, action, .. } => {
            report(Level::Error, &format!("handler `{name}` could not {action}"), text);
        }
        _ => report(Level::Error, "handlers", text),
    }
}

/// Shuts down handlers that were removed.
pub(super) fn shut_down(removed: Removed) -> Vec<Error> {
    removed.0.iter().for_each(|installed| installed.unsubscribe());
    let shutdown = |installed: &Arc<Installed>| installed.call("shut down", |h| h.shutdown()).err();
    removed.0.iter().filter_map(shutdown).collect()
}

/// Flushes every handler.
pub(super) fn flush() -> Result<(), Error> {
    let all = lock(&ALL).installed.clone();
    let flush = |installed: &Arc<Installed>| installed.call("flush", |h| h.flush()).err();
    Error::all(all.iter().filter_map(flush).collect())
}

/// The names of the installed handlers that cannot have exported anything: no collection has begun
/// since their installation, and they receive no single measurements. `None` if another thread is
/// changing the handlers.
pub(super) fn without_export() -> Option<Vec<String>> {
    // Without waiting: the program is ending, and the other thread may be gone.
    let all = ALL.try_lock().ok()?;
    let never = |installed: &&Arc<Installed>| {
        installed.collections_before.load(Ordering::Relaxed) == collections()
            && !installed
                .announced
                .try_lock()
                .is_ok_and(|told| told.metrics.values().any(|all| *all))
    };
    Some(all.installed.iter().filter(never).map(|installed| installed.name.clone()).collect())
}

/// Announces to every handler the metrics that were not announced to it yet.
pub(crate) fn announce_all() {
    let all = lock(&ALL).installed.clone();
    all.iter().for_each(|installed| installed.announce());
}

impl Installed {
    /// Announces to the handler the metrics that were not announced to it yet, each once.
    fn announce(self: &Arc<Self>) {
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
            for family in families.get(announced.families..).unwrap_or_default() {
                announced.families += 1;
                if !family.is_left_out() {
                    self.tell(family, &mut announced.metrics);
                }
            }
            looked_at = Some(families.len());
        }
    }

    /// Announces a family's metric, unless another family defines the same metric.
    fn tell(self: &Arc<Self>, family: &'static Family, metrics: &mut HashMap<&'static str, bool>) {
        let descriptor = family.descriptor();
        let wants_all = *metrics.entry(descriptor.name()).or_insert_with(|| {
            let wants_all = self.call("be told of a metric", |handler| {
                handler.register(descriptor);
                Ok(handler.subscribe(descriptor))
            });
            // A panic is reported, and means no subscription.
            wants_all.unwrap_or(false)
        });
        if wants_all {
            forward::subscribe(family, Arc::clone(self) as Arc<dyn Subscriber>);
        }
    }

    fn unsubscribe(self: &Arc<Self>) {
        forward::unsubscribe(&registry::all_families(), self);
    }

    /// Calls the handler; a panic becomes an error, and is logged the first time.
    fn call<R>(
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

    fn removed(&self) -> &AtomicBool {
        &self.removed
    }
}

/// Calls foreign code; a panic becomes an error.
fn guarded<R>(f: impl FnOnce() -> Result<R, HandlerError>) -> Result<R, HandlerError> {
    foreign::call(f).unwrap_or_else(|panicked| Err(panicked.into()))
}
