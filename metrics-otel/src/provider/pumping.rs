//! Whether the current thread is inside a pump.

use std::cell::Cell;

use typed_metrics_core::foreign::Outermost;

thread_local! {
    static PUMPING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a pump, and so inside a collection. A collection that runs only
/// callbacks of other instruments cannot be detected.
pub(crate) fn is_pumping() -> bool {
    PUMPING.get()
}

/// Marks this thread as inside a pump until the value is dropped; `None` if it is inside a pump
/// already.
pub(crate) fn begin() -> Option<Outermost> {
    Outermost::begin(&PUMPING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pump_inside_a_pump_does_not_end_the_outer_one() {
        let pumping = begin().unwrap();
        assert!(begin().is_none());
        assert!(is_pumping());
        drop(pumping);
        assert!(!is_pumping());
    }
}
