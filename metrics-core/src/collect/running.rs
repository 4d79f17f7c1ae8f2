//! Whether callbacks run in some thread's collection.

use crate::sync::process;

/// Whether callbacks are running in a collection. A forked process begins without the thread that
/// ran them, so the callbacks that run in another process do not count.
#[derive(Debug, Default)]
pub(crate) struct Running {
    process: Option<u32>,
}

impl Running {
    /// Whether callbacks are running in this process.
    pub(super) fn is_running(&self) -> bool {
        self.process.is_some_and(|process| process == process::id())
    }

    /// Notes that callbacks run from now on. False if callbacks are running already.
    pub(crate) fn begin(&mut self) -> bool {
        let is_first = !self.is_running();
        self.process = Some(process::id());
        is_first
    }

    pub(crate) fn end(&mut self) {
        self.process = None;
    }
}
