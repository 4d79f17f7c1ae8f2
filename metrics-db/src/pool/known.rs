//! The pools that are measured now, so that none is counted twice.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use typed_metrics_core::in_section;

type Key = (TypeId, usize);
type Known = Weak<dyn Any + Send + Sync>;

/// The part that the handles of a pool share, by the type and the address of the pool.
static KNOWN: LazyLock<Mutex<HashMap<Key, Known>>> = LazyLock::new(Mutex::default);

/// The part that the handles of the pool at this address share, as long as one of them lives.
pub(super) fn known<T: Any + Send + Sync>(address: *const ()) -> Option<Arc<T>> {
    with_table(|table| upgrade(table.get(&key::<T>(address))?))
}

/// Makes `shared` known, unless another thread has made other ones known meanwhile. Returns what is
/// known now.
pub(super) fn make_known<T: Any + Send + Sync>(address: *const (), shared: Arc<T>) -> Arc<T> {
    let weak: Known = Arc::<T>::downgrade(&shared);
    let key = key::<T>(address);
    let other = with_table(|table| {
        table.retain(|_, known| known.strong_count() > 0);
        let other = table.get(&key).and_then(upgrade);
        if other.is_none() {
            table.insert(key, weak);
        }
        other
    });
    // Without the lock, because the drop of `shared` ends its observations.
    other.unwrap_or(shared)
}

fn key<T: Any>(address: *const ()) -> Key {
    (TypeId::of::<T>(), address.addr())
}

fn upgrade<T: Any + Send + Sync>(known: &Known) -> Option<Arc<T>> {
    known.upgrade()?.downcast().ok()
}

fn with_table<R>(f: impl FnOnce(&mut HashMap<Key, Known>) -> R) -> R {
    in_section(|| f(&mut KNOWN.lock().unwrap_or_else(PoisonError::into_inner)))
}
