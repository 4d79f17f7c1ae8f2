//! Whether the current thread is inside a collection of this crate.

use std::cell::Cell;

use typed_metrics_core::foreign::Outermost;

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a collection: that of a pipeline, or the pump of a bridge. A
/// collection of the SDK that runs only callbacks of other instruments cannot be detected.
pub(crate) fn is_collecting() -> bool {
    COLLECTING.get()
}

/// Marks this thread as inside a collection until the value is dropped; `None` if it is inside one
/// already.
pub(crate) fn begin() -> Option<Outermost> {
    Outermost::begin(&COLLECTING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_inside_a_collection_does_not_end_the_outer_one() {
        let collecting = begin().unwrap();
        assert!(begin().is_none());
        assert!(is_collecting());
        drop(collecting);
        assert!(!is_collecting());
    }
}
