//! The installed handlers: set, added, removed, flushed and shut down.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use std::{process, thread};

use log::Level;

use super::installed::{Installed, Key, failed};
use super::names::HandlerChoice;
use super::wanted::Wanted;
use crate::collect::changes;
use crate::error::Error;
use crate::foreign::{self, Foreign};
use crate::report::report;
use crate::sync::{self, lock};

/// How long a shutdown waits for the handler's calls in progress, and an installation for the
/// handler's shutdown. Whatever takes longer may never end.
const PATIENCE: Duration = Duration::from_secs(10);

type List = Vec<Arc<Installed>>;

/// The installed handlers, and those that are being installed or shut down.
struct All {
    installed: List,
    /// Back ends that a thread is installing. Other threads do not install them meanwhile, and do
    /// not wait for that thread: handlers may install and remove handlers from inside their own
    /// methods.
    under_way: Vec<Key>,
    /// The handlers that are removed and not shut down yet. Handlers without a key are counted.
    ending: Vec<Option<Key>>,
    /// The errors of the shutdowns since `ending` was empty, for the threads that wait for them.
    failures: Vec<Error>,
    /// The number of threads in [`wait_for_other_threads`].
    waiting: usize,
    /// The process that the handlers belong to; 0 before the first use.
    process: u32,
}

static ALL: Mutex<All> = Mutex::new(All {
    installed: Vec::new(),
    under_way: Vec::new(),
    ending: Vec::new(),
    failures: Vec::new(),
    waiting: 0,
    process: 0,
});

/// Signalled when a handler has been shut down.
static SHUT_DOWN: Condvar = Condvar::new();

/// Makes the handlers those of this process. In a process that was forked since the last call, the
/// handlers that do not work there are removed without any call: their threads do not exist, and
/// their locks may be held for ever.
///
/// Must be called before every use of [`ALL`].
fn begin_in_process() {
    let own = process::id();
    let mut all = lock(&ALL);
    if all.process == own {
        return;
    }
    if all.process != 0 {
        let (kept, lost): (List, List) =
            std::mem::take(&mut all.installed).into_iter().partition(|old| old.survives_fork);
        all.installed = kept;
        (all.under_way, all.ending) = (Vec::new(), Vec::new());
        for installed in lost {
            installed.calls.end();
            // Its drop could wait for a thread or a lock of the parent.
            std::mem::forget(installed);
        }
    }
    all.process = own;
    drop(all);
    if sync::process::is_forked() {
        changes::begin_after_parent();
    }
}

/// The back ends that this call is installing. They leave [`All::under_way`] when this is dropped.
#[derive(Default)]
struct UnderWay(Vec<Key>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&ALL).under_way.retain(|key| !self.0.contains(key));
    }
}

/// A handler that was removed and is not shut down yet. No further call of it begins.
pub(super) struct Removed {
    // Dropped before the handler leaves `All::ending`, because a handler may export when it is
    // dropped.
    installed: Arc<Installed>,
    _ending: Ending,
}

/// Keeps a handler in [`All::ending`] until it is dropped.
struct Ending(Option<Key>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut all = lock(&ALL);
        if let Some(at) = all.ending.iter().position(|key| *key == self.0) {
            all.ending.swap_remove(at);
        }
        drop(all);
        SHUT_DOWN.notify_all();
    }
}

impl Removed {
    fn new(installed: Arc<Installed>, all: &mut All) -> Self {
        installed.calls.end();
        all.ending.push(installed.key);
        Self { _ending: Ending(installed.key), installed }
    }

    /// Shuts the handler down, after its calls in progress have returned.
    ///
    /// Inside foreign code, this function does not wait: that code may be one of the calls, or one
    /// of the calls may be waiting for that code. Then another thread waits, and reports the error.
    fn shut_down(self) -> Result<(), Error> {
        let installed = &self.installed;
        installed.unsubscribe();
        if !installed.calls.has_returned() {
            if foreign::is_inside() {
                return self.shut_down_later();
            }
            if !installed.calls.wait(PATIENCE) {
                let name = &installed.name;
                let text = format_args!(
                    "handler `{name}` is shut down although a call of it has not returned for \
                     {PATIENCE:?}"
                );
                report(Level::Warn, &format!("handler `{name}` does not return"), text);
            }
        }
        let result = installed.shut_down();
        if let Err(error) = &result {
            lock(&ALL).failures.push(error.clone());
        }
        result
    }

    fn shut_down_later(self) -> Result<(), Error> {
        let (give, take) = mpsc::channel::<Self>();
        let thread = thread::Builder::new().name("metrics-shutdown".to_owned());
        if thread.spawn(move || retire(take.iter().collect())).is_err() {
            // A shutdown beside the calls is better than none.
            return self.installed.shut_down();
        }
        // The thread receives.
        let _ = give.send(self);
        Ok(())
    }
}

/// Installs the chosen handlers in place of the installed ones, and returns the removed ones.
///
/// A chosen handler that is installed already stays, unless another thread removes it meanwhile.
pub(super) fn set(choices: Vec<HandlerChoice>) -> Result<Vec<Removed>, Error> {
    begin_in_process();
    let wanted = wanted(choices)?;
    let keys: Vec<Key> = wanted.iter().filter_map(|wanted| wanted.key).collect();
    let (new, _under_way) = install(wanted)?;
    let removed = {
        let mut all = lock(&ALL);
        let before = std::mem::take(&mut all.installed);
        let stays = |old: &Arc<Installed>| old.key.is_some_and(|key| keys.contains(&key));
        let (kept, removed): (List, List) = before.into_iter().partition(stays);
        all.installed = kept;
        all.installed.extend(new.iter().cloned());
        remove(removed, &mut all)
    };
    new.iter().for_each(|installed| installed.announce());
    Ok(removed)
}

/// Installs one more handler.
pub(super) fn add(choice: HandlerChoice) -> Result<(), Error> {
    begin_in_process();
    let (new, _under_way) = install(wanted(vec![choice])?)?;
    lock(&ALL).installed.extend(new.iter().cloned());
    new.iter().for_each(|installed| installed.announce());
    Ok(())
}

/// Finds the chosen back ends, before anything is built or installed.
fn wanted(choices: Vec<HandlerChoice>) -> Result<Vec<Wanted>, Error> {
    choices.into_iter().map(Wanted::new).collect()
}

/// Builds and installs the handlers of `wanted` that are neither installed nor being installed. The
/// caller adds them to [`All::installed`] before it drops the [`UnderWay`].
fn install(wanted: Vec<Wanted>) -> Result<(List, UnderWay), Error> {
    let mut under_way = UnderWay::default();
    // The other handlers are dropped outside the lock, because their drop is foreign code.
    let (wanted, _there): (Vec<_>, Vec<_>) = {
        let mut all = lock_without_ending(&wanted)?;
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
                let removed = remove(new, &mut lock(&ALL));
                // No metric was announced to them, so no call is in progress.
                let failed = removed.into_iter().filter_map(|gone| gone.installed.abandon().err());
                report_errors(failed.collect());
                return Err(error);
            }
        }
    }
    Ok((new, under_way))
}

/// Waits until none of the wanted handlers is being shut down. Otherwise the shutdown would come
/// after the new installation.
///
/// Inside foreign code, this function does not wait: the shutdown may be waiting for that code.
fn lock_without_ending(wanted: &[Wanted]) -> Result<MutexGuard<'static, All>, Error> {
    let ending = |all: &All| {
        let is_ending = |wanted: &&Wanted| wanted.key.is_some() && all.ending.contains(&wanted.key);
        wanted.iter().find(is_ending)
    };
    let patience = if foreign::is_inside() { Duration::ZERO } else { PATIENCE };
    let is_ending = |all: &mut All| ending(all).is_some();
    let locked = SHUT_DOWN.wait_timeout_while(lock(&ALL), patience, is_ending);
    let (all, _) = locked.unwrap_or_else(PoisonError::into_inner);
    match ending(&all) {
        Some(wanted) => {
            Err(failed(wanted.name(), "be installed", "it is still being shut down".into()))
        }
        None => Ok(all),
    }
}

fn remove(handlers: List, all: &mut All) -> Vec<Removed> {
    handlers.into_iter().map(|installed| Removed::new(installed, all)).collect()
}

/// Removes all handlers, and returns them.
pub(super) fn take_all() -> Vec<Removed> {
    begin_in_process();
    let mut all = lock(&ALL);
    let installed = std::mem::take(&mut all.installed);
    remove(installed, &mut all)
}

/// Shuts down handlers that were removed, and reports the errors.
pub(super) fn retire(removed: Vec<Removed>) {
    report_errors(shut_down(removed));
}

fn report_errors(errors: Vec<Error>) {
    for error in errors {
        report_error(&error);
        drop(Foreign::new(error));
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
pub(super) fn shut_down(removed: Vec<Removed>) -> Vec<Error> {
    let errors = removed.into_iter().filter_map(|removed| removed.shut_down().err()).collect();
    let mut all = lock(&ALL);
    let is_over = all.ending.is_empty() && all.waiting == 0;
    let unread = if is_over { std::mem::take(&mut all.failures) } else { Vec::new() };
    drop(all);
    // Outside the lock: the drop of an error is foreign code.
    unread.into_iter().for_each(|error| drop(Foreign::new(error)));
    errors
}

/// Waits until the handlers that other threads removed are shut down. Returns the errors of these
/// shutdowns and of those that ended while they ran; `None` if there was nothing to wait for.
///
/// Does not wait inside foreign code: the shutdown may be waiting for that code.
pub(super) fn wait_for_other_threads() -> Option<Vec<Error>> {
    let mut all = lock(&ALL);
    if all.ending.is_empty() || foreign::is_inside() {
        return None;
    }
    all.waiting += 1;
    let others = |all: &mut All| !all.ending.is_empty();
    let mut all = SHUT_DOWN.wait_while(all, others).unwrap_or_else(PoisonError::into_inner);
    all.waiting -= 1;
    let is_last = all.waiting == 0;
    Some(if is_last { std::mem::take(&mut all.failures) } else { all.failures.clone() })
}

/// Flushes every handler.
pub(super) fn flush() -> Result<(), Error> {
    begin_in_process();
    let all = lock(&ALL).installed.clone();
    Error::all(all.iter().filter_map(|installed| installed.flush()?.err()).collect())
}

/// The names of the installed handlers that cannot have exported anything: no collection has begun
/// since their installation, and they receive no single measurements. `None` if another thread is
/// changing the handlers.
pub(super) fn without_export() -> Option<Vec<String>> {
    // Without waiting: the program is ending, and the other thread may be gone.
    let all = ALL.try_lock().ok()?;
    let never = all.installed.iter().filter(|installed| installed.cannot_have_exported());
    Some(never.map(|installed| installed.name.clone()).collect())
}

/// Announces to every handler the metrics that were not announced to it yet.
pub(crate) fn announce_all() {
    let all = lock(&ALL).installed.clone();
    all.iter().for_each(|installed| installed.announce());
}
