//! Installing: one sampler for the process, which reads the sources at every collection.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use log::Level;
use typed_metrics_core::{Observation, observe, report};

use crate::platform;
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::unavailable::Unavailable;
use crate::window::SHORTEST_WINDOW;

/// Reads the sources of the platform.
struct Sampler {
    /// The installed set.
    set: Option<Set>,
    observation: Option<Observation>,
    sources: Vec<WatchedSource>,
    /// The time of the last reading.
    read: Option<Instant>,
}

/// A source, and whether its failure was reported.
struct WatchedSource {
    source: Box<dyn Source>,
    /// Whether an error or a warning has reported that the source cannot be read.
    is_reported: bool,
}

/// The sampler of the process. Locked during a reading, so that another reader waits for the values
/// instead of missing them.
static SAMPLER: Mutex<Sampler> =
    Mutex::new(Sampler { set: None, observation: None, sources: Vec::new(), read: None });

fn sampler() -> MutexGuard<'static, Sampler> {
    SAMPLER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the metrics of `set`: from now on, every collection of every handler reads them.
///
/// The metrics are installed once for the whole program. A second call with the same set changes
/// nothing. [`Set::Full`] after [`Set::Basic`] adds the other metrics, and `Basic` after `Full`
/// removes none. The caller keeps no guard, and the final export at shutdown contains the metrics,
/// too. [`uninstall`] removes them.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_system as system;
/// use system::Set;
///
/// system::install(Set::Basic)?;
/// # #[cfg(target_os = "linux")] {
/// let snapshot = typed_metrics::snapshot();
/// let available = snapshot.get("system.memory.utilization").unwrap();
/// let available = available.series_with(&[("state", "available")]).unwrap();
/// assert!((0.0..=1.0).contains(&available.value.as_f64()));
/// # }
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// # Errors
/// [`Unavailable`] names the metrics that cannot be read here, and the reasons. All other metrics
/// are installed nevertheless, so a program may ignore the error:
///
/// ```
/// # use typed_metrics_system::{self as system, Set};
/// if let Err(unavailable) = system::install(Set::Full) {
///     eprintln!("{unavailable}");
/// }
/// ```
pub fn install(set: Set) -> Result<(), Unavailable> {
    let mut sampler = sampler();
    let wanted = sampler.set.map_or(set, |installed| installed.max(set));
    if sampler.sources.is_empty() {
        let sources = platform::sources().into_iter();
        sampler.sources =
            sources.map(|source| WatchedSource { source, is_reported: false }).collect();
    }
    sampler.set = Some(wanted);
    let mut unavailable = Unavailable::nothing();
    sampler.read(wanted, |watched, metrics, cause| {
        watched.is_reported = true;
        unavailable.push(metrics, cause.to_string());
    });
    // After the first reading, so that no collection sees only a part of the metrics.
    sampler.observation.get_or_insert_with(|| observe(collect));
    unavailable.into_result()
}

/// Removes the metrics of [`install`]. Gauges and up-down counters disappear. Counters keep their
/// values and continue when they are installed again, with nothing counted twice.
pub fn uninstall() {
    let mut sampler = sampler();
    sampler.set = None;
    sampler.observation = None;
    sampler.sources.iter_mut().for_each(|watched| watched.source.hide());
}

/// The installed set.
#[doc(hidden)]
#[must_use]
pub fn installed() -> Option<Set> {
    sampler().set
}

/// Takes back an [`install`] before which [`installed`] was `before`.
#[doc(hidden)]
pub fn restore(before: Option<Set>) {
    let Some(set) = before else { return uninstall() };
    let mut sampler = sampler();
    if sampler.set.is_some_and(|installed| installed > set) {
        sampler.set = Some(set);
        sampler.sources.iter_mut().for_each(|watched| watched.source.hide());
        sampler.read(set, WatchedSource::warn);
    }
}

/// Called at the beginning of a collection.
fn collect() {
    let mut sampler = sampler();
    // `uninstall` may have run after core decided to call this function.
    let Some(set) = sampler.set else { return };
    if sampler.read.is_none_or(|read| read.elapsed() >= SHORTEST_WINDOW) {
        sampler.read(set, WatchedSource::warn);
    }
}

impl Sampler {
    /// Reads and records all sources. A source that cannot be read is hidden and passed to
    /// `failed`.
    fn read(
        &mut self,
        set: Set,
        mut failed: impl FnMut(&mut WatchedSource, &'static [&'static str], Cause),
    ) {
        self.read = Some(Instant::now());
        for watched in &mut self.sources {
            let metrics = watched.source.metrics(set);
            if metrics.is_empty() {
                continue;
            }
            if let Err(cause) = watched.source.record(set) {
                watched.source.hide();
                failed(watched, metrics, cause);
            }
        }
    }
}

impl WatchedSource {
    fn warn(&mut self, metrics: &[&str], cause: Cause) {
        if !std::mem::replace(&mut self.is_reported, true) {
            let metrics = metrics.join("`, `");
            let text = format_args!(
                "metrics `{metrics}` are missing while they cannot be read (reported once): {cause}"
            );
            report(Level::Warn, &format!("system: `{metrics}` cannot be read"), text);
        }
    }
}
