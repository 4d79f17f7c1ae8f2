//! A handler that calls back and panics.

use std::sync::Mutex;
use std::thread;

use typed_metrics::{HandlerError, Measurement, MetricHandler};

/// Calls `installing` while it is installed, and panics in the method that `panics` names.
#[derive(Default)]
pub(crate) struct Awkward {
    pub(crate) installing: Option<fn()>,
    pub(crate) panics: &'static str,
    pub(crate) calls: Mutex<Vec<&'static str>>,
}

impl Awkward {
    fn called(&self, action: &'static str) {
        self.calls.lock().unwrap().push(action);
    }
}

impl MetricHandler for Awkward {
    fn name(&self) -> &'static str {
        assert_ne!(self.panics, "name", "no name");
        "awkward"
    }

    fn identity(&self) -> Option<usize> {
        assert_ne!(self.panics, "identity", "no identity");
        None
    }

    fn install(&self) -> Result<(), HandlerError> {
        self.called("install");
        self.installing.inspect(|installing| installing());
        Ok(())
    }

    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.counted"
    }

    fn measured(&self, _: &Measurement) {
        self.called("measured");
        if self.panics == "measured" {
            std::panic::panic_any(Payload);
        }
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.called("flush");
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.called("shutdown");
        Ok(())
    }
}

/// Panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        assert!(thread::panicking(), "the payload is dropped");
    }
}
