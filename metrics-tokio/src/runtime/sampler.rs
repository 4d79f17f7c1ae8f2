//! The sampler: it reads all observed runtimes at the beginning of every collection.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::Id;
use typed_metrics_core::{Observation, observe, observe_now};

use super::error::ObserveError;
use super::levels::Levels;
use super::observed::Observed;

/// The runtimes by name, and the callback that reads them.
struct Sampler {
    names: BTreeMap<String, Named>,
    /// The runtimes that live, whose totals an observation that ended has counted.
    counted: Vec<Id>,
    observation: Option<Observation>,
}

/// The runtimes of one name.
struct Named {
    levels: Levels,
    runtimes: Vec<Observed>,
}

// Locked while numbers are read and recorded, and for no code of the program.
static SAMPLER: Mutex<Sampler> =
    Mutex::new(Sampler { names: BTreeMap::new(), counted: Vec::new(), observation: None });

fn sampler() -> MutexGuard<'static, Sampler> {
    SAMPLER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds a runtime, unless it is observed already.
pub(super) fn add(mut runtime: Observed) -> Result<(), ObserveError> {
    // A collection removes the runtimes that ended. A program that never collects keeps none of
    // them either.
    let has_ended = sampler().runtimes().any(Observed::has_ended);
    if has_ended {
        observe_now();
    }
    let mut sampler = sampler();
    let same = sampler.runtimes().find(|other| other.is_same_as(&runtime) && !other.has_ended());
    if let Some(same) = same {
        return Err(ObserveError::AlreadyObserved {
            name: runtime.name().to_owned(),
            observed_as: same.name().to_owned(),
        });
    }
    if sampler.counted.contains(&runtime.id()) {
        runtime.skip();
    }
    let name = runtime.name();
    if let Some(named) = sampler.names.get_mut(name) {
        named.runtimes.push(runtime);
    } else {
        let (name, levels) = (name.to_owned(), Levels::of(name));
        sampler.names.insert(name, Named { levels, runtimes: vec![runtime] });
    }
    sampler.observation.get_or_insert_with(|| observe(collect));
    Ok(())
}

/// A later observation of this runtime counts only what is new.
pub(super) fn note_counted(id: Id) {
    let mut sampler = sampler();
    if !sampler.counted.contains(&id) {
        sampler.counted.push(id);
    }
}

/// Called at the beginning of a collection.
fn collect() {
    let mut ended = Vec::new();
    sampler().names.retain(|_, named| {
        ended.extend(named.runtimes.extract_if(.., |runtime| {
            // Looked up before the numbers are read, so that these are the last ones.
            let has_ended = runtime.has_ended();
            runtime.count();
            has_ended
        }));
        if named.runtimes.is_empty() {
            named.levels.hide();
        } else {
            named.levels.follow(&named.runtimes);
        }
        !named.runtimes.is_empty()
    });
    // Outside of the lock: the last handle of a runtime drops functions of the program, such as
    // `on_thread_start`.
    drop(ended);
}

impl Sampler {
    fn runtimes(&self) -> impl Iterator<Item = &Observed> {
        self.names.values().flat_map(|named| &named.runtimes)
    }
}
