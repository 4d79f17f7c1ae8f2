//! Installing: who reads, when, and what.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use typed_metrics_core::{Observation, observe};

use crate::platform;
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::unavailable::Unavailable;

/// Readings are at least this far apart; readers that come sooner see the same values again. So two
/// readers, or a flush right after an export, do not split the window over which a utilization is
/// taken, which would be too short for the kernel's clock ticks of 10 ms.
pub(crate) const SHORTEST_WINDOW: Duration = Duration::from_millis(200);

struct Sampler {
    /// What is installed, if anything is.
    set: Option<Set>,
    observation: Option<Observation>,
    sources: Vec<Watched>,
    /// When the sources were read last.
    read: Option<Instant>,
}

struct Watched {
    source: Box<dyn Source>,
    /// Whether somebody was told that it cannot be read.
    told: bool,
}

/// One for the process. Held while it is read, so that a reader that comes meanwhile waits for the
/// values instead of missing them.
static SAMPLER: Mutex<Sampler> =
    Mutex::new(Sampler { set: None, observation: None, sources: Vec::new(), read: None });

fn sampler() -> MutexGuard<'static, Sampler> {
    SAMPLER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the metrics of `set`: from now on every collection, of whatever handler, reads them.
///
/// Once for a program, whoever calls it: again changes nothing, [`Set::Full`] after [`Set::Basic`]
/// adds the others, and `Basic` after `Full` takes nothing away. There is nothing to keep; a final
/// export at shutdown has the metrics too. [`uninstall`] ends it.
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
/// [`Unavailable`] names what cannot be read here and why. The other metrics are installed
/// nevertheless, so a program that can do without may go on:
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
        sampler.sources = sources.map(|source| Watched { source, told: false }).collect();
    }
    sampler.set = Some(wanted);
    let mut unavailable = Unavailable::nothing();
    sampler.read(wanted, |watched, metrics, cause| {
        watched.told = true;
        unavailable.push(metrics, cause.to_string());
    });
    // After the first reading, so that no collection sees less.
    sampler.observation.get_or_insert_with(|| observe(collect));
    unavailable.into_result()
}

/// Ends what [`install`] began. Gauges and up-down counters are gone; counters keep what they counted
/// and go on from there, with nothing counted twice, if they are installed again.
pub fn uninstall() {
    let mut sampler = sampler();
    sampler.set = None;
    sampler.observation = None;
    sampler.sources.iter_mut().for_each(|watched| watched.source.hide());
}

/// At the beginning of a collection.
fn collect() {
    let mut sampler = sampler();
    // It may have been uninstalled while this call was on its way.
    let Some(set) = sampler.set else { return };
    if sampler.read.is_none_or(|read| read.elapsed() >= SHORTEST_WINDOW) {
        sampler.read(set, Watched::warn);
    }
}

impl Sampler {
    /// Reads and records. What cannot be read is hidden, and handed to `failed`.
    fn read(
        &mut self,
        set: Set,
        mut failed: impl FnMut(&mut Watched, &'static [&'static str], Cause),
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

impl Watched {
    fn warn(&mut self, metrics: &[&str], cause: Cause) {
        if !std::mem::replace(&mut self.told, true) {
            log::warn!(
                target: "typed_metrics",
                "metrics `{}` are missing as long as they cannot be read (said once): {cause}",
                metrics.join("`, `")
            );
        }
    }
}
