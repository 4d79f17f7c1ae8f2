//! The handlers that are installed, and keeping the rest of the program safe from them.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};
use std::thread::{self, ThreadId};

use log::Level;

use super::handler::{HandlerError, MetricHandler};
use super::names::{BackEnd, Chosen, HandlerChoice, named};
use crate::collect::last_values::collections;
use crate::collect::registry;
use crate::error::Error;
use crate::report::report;
use crate::store::family::Family;
use crate::store::forward::{self, Measurement, Subscriber};
use crate::sync::lock;

/// A handler with what is known of it.
pub(crate) struct Installed {
    handler: Arc<dyn MetricHandler>,
    /// What it called itself when it was installed; it is foreign code, and asked once.
    name: String,
    key: Option<Key>,
    announced: Mutex<Announced>,
    /// Whether a panic of it was reported.
    panicked: AtomicBool,
    /// See [`Subscriber::removed`].
    removed: AtomicBool,
    /// How many collections had begun when it was installed.
    collections_before: AtomicU64,
}

/// What tells back ends from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Chosen by this name.
    BackEnd(&'static str),
    /// An instance with this identity.
    Instance(usize),
}

/// What a handler was told of.
#[derive(Debug, Default)]
struct Announced {
    /// How many families, in the registry's order.
    families: usize,
    /// The metrics by name, and whether it subscribed.
    metrics: HashMap<&'static str, bool>,
}

type List = Vec<Arc<Installed>>;

/// Handlers that were removed and are not shut down yet.
pub(super) struct Removed(List);

impl Removed {
    fn new(handlers: List, all: &mut All) -> Self {
        all.shutting_down.push(thread::current().id());
        Self(handlers)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        // First: a handler may export when it is dropped, too.
        self.0.clear();
        let mut all = lock(&ALL);
        let own = thread::current().id();
        if let Some(at) = all.shutting_down.iter().position(|thread| *thread == own) {
            all.shutting_down.remove(at);
        }
        drop(all);
        SHUT_DOWN.notify_all();
    }
}

/// The handlers that are installed, and those on their way.
struct All {
    installed: List,
    /// Back ends that some thread is installing. Nobody else installs them meanwhile, and nobody
    /// waits for that thread: handlers change the handlers from inside their own methods.
    under_way: Vec<Key>,
    /// The threads that shut handlers down at the moment.
    shutting_down: Vec<ThreadId>,
}

static ALL: Mutex<All> =
    Mutex::new(All { installed: Vec::new(), under_way: Vec::new(), shutting_down: Vec::new() });

/// A thread has shut handlers down.
static SHUT_DOWN: Condvar = Condvar::new();

/// A handler that is to be installed.
struct Wanted {
    key: Option<Key>,
    origin: Origin,
}

/// A handler that is built, and not installed yet.
struct Built {
    handler: Arc<dyn MetricHandler>,
    name: String,
    key: Option<Key>,
}

enum Origin {
    BackEnd(&'static BackEnd),
    Instance { handler: Arc<dyn MetricHandler>, name: String },
}

/// The back ends that this call installs; ends that when it is dropped.
#[derive(Default)]
struct UnderWay(Vec<Key>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&ALL).under_way.retain(|key| !self.0.contains(key));
    }
}

/// Installs what was chosen in place of what is there, which is returned.
///
/// What is installed again stays, unless somebody else removes it meanwhile.
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

/// Installs one more.
pub(super) fn add(choice: HandlerChoice) -> Result<(), Error> {
    let (new, _under_way) = install(wanted(vec![choice])?)?;
    lock(&ALL).installed.extend(new.iter().cloned());
    new.iter().for_each(|installed| installed.announce());
    Ok(())
}

/// Finds out which back ends are meant, before anything is done.
fn wanted(choices: Vec<HandlerChoice>) -> Result<Vec<Wanted>, Error> {
    let wanted = |HandlerChoice(chosen)| match chosen {
        Chosen::Name(name) => {
            let back_end = named(&name)?;
            Ok(Wanted { key: Some(Key::BackEnd(back_end.name)), origin: Origin::BackEnd(back_end) })
        }
        Chosen::Instance(handler) => {
            let name = name_of(&*handler)?;
            let identity = guarded(|| Ok(handler.identity()));
            let identity = identity.map_err(|source| failed(&name, "tell its identity", source))?;
            let key = identity.map(Key::Instance);
            Ok(Wanted { key, origin: Origin::Instance { handler, name } })
        }
    };
    choices.into_iter().map(wanted).collect()
}

/// Builds and installs what is new among `wanted`: neither installed nor on its way. The caller
/// lists it before it drops the other value.
fn install(wanted: Vec<Wanted>) -> Result<(List, UnderWay), Error> {
    let mut under_way = UnderWay::default();
    // What is not new is dropped outside of the lock: that is foreign code.
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
    // All are built before the first is installed: a back end that cannot be built should not make
    // another one begin and end.
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
                let name = name_of(&*handler)?;
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
        // Relaxed: a number for `without_export`, which orders nothing.
        installed.collections_before.store(collections(), Ordering::Relaxed);
        Ok(installed)
    }
}

/// What a handler calls itself.
fn name_of(handler: &dyn MetricHandler) -> Result<String, Error> {
    let name = guarded(|| Ok(handler.name().to_owned()));
    name.map_err(|source| failed("without a name", "tell its name", source))
}

fn failed(name: &str, action: &'static str, source: HandlerError) -> Error {
    Error::Handler { name: name.to_owned(), action, source: source.into() }
}

/// Removes all, and returns them.
pub(super) fn take_all() -> Removed {
    let mut all = lock(&ALL);
    let installed = std::mem::take(&mut all.installed);
    Removed::new(installed, &mut all)
}

/// Shuts down handlers that were removed, and reports the errors.
pub(super) fn retire(removed: Removed) {
    shut_down(removed).iter().for_each(report_error);
}

/// Waits until other threads have shut down the handlers that they removed.
///
/// A thread that shuts handlers down itself at the moment does not wait: a handler may call this.
pub(super) fn wait_for_other_threads() {
    let own = thread::current().id();
    let others = |all: &mut All| !all.shutting_down.is_empty() && !all.shutting_down.contains(&own);
    drop(SHUT_DOWN.wait_while(lock(&ALL), others).unwrap_or_else(PoisonError::into_inner));
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

/// Asks every handler to flush.
pub(super) fn flush() -> Result<(), Error> {
    let all = lock(&ALL).installed.clone();
    let flush = |installed: &Arc<Installed>| installed.call("flush", |h| h.flush()).err();
    Error::all(all.iter().filter_map(flush).collect())
}

/// The names of the installed handlers that cannot have exported anything: nobody has read metrics
/// since they were installed, and they get no single measurements. `None` if another thread
/// changes the handlers at the moment.
pub(super) fn without_export() -> Option<Vec<String>> {
    // No waiting: the program ends, and the other thread may be gone.
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

/// Tells every handler of the metrics that it was not told of yet.
pub(crate) fn announce_all() {
    let all = lock(&ALL).installed.clone();
    all.iter().for_each(|installed| installed.announce());
}

impl Installed {
    /// Tells the handler of the metrics that it was not told of yet, each once.
    fn announce(self: &Arc<Self>) {
        let mut looked_at = None;
        loop {
            let families = registry::all_families();
            if looked_at == Some(families.len()) {
                return;
            }
            // Somebody is at it: that one looks again, once it no longer keeps others out.
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
        let called = catch_unwind(AssertUnwindSafe(|| f(&*self.handler)));
        let result = called.unwrap_or_else(|panic| {
            let error = panicked(panic);
            if !self.panicked.swap(true, Ordering::Relaxed) {
                let name = &self.name;
                report(
                    Level::Error,
                    &format!("panic of handler `{name}`"),
                    format_args!("handler `{name}`: {error} (reported once)"),
                );
            }
            Err(error)
        });
        result.map_err(|source| failed(&self.name, action, source))
    }
}

impl Subscriber for Installed {
    fn measured(&self, measurement: &Measurement) {
        // A panic is reported; there is nobody to return an error to.
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
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(panicked(panic)))
}

fn panicked(panic: Box<dyn Any + Send>) -> HandlerError {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let error = format!("it panicked: {}", message.unwrap_or("with something that is no text"));
    // What it panicked with is foreign too, and may panic when it is dropped; what comes of that is
    // left alone.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(again);
    }
    error.into()
}
