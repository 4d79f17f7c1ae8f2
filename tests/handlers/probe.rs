//! A handler that records its calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use typed_metrics::{Descriptor, HandlerError, Measurement, MetricHandler};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a list of its calls. It can be created to fail or to panic in one method.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    name: &'static str,
    fails: &'static str,
    panics: &'static str,
    /// Subscribes to the metrics whose names begin with this text.
    subscribes: Option<&'static str>,
    calls: Mutex<Vec<String>>,
    measured: Mutex<Vec<String>>,
}

impl Probe {
    pub(crate) fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name, ..Self::default() })
    }

    pub(crate) fn failing(name: &'static str, fails: &'static str) -> Arc<Self> {
        Arc::new(Self { name, fails, ..Self::default() })
    }

    pub(crate) fn panicking(name: &'static str, panics: &'static str) -> Arc<Self> {
        let subscribes = (panics == "measured").then_some("handlers.done");
        Arc::new(Self { name, panics, subscribes, ..Self::default() })
    }

    pub(crate) fn subscribed(name: &'static str, subscribes: &'static str) -> Arc<Self> {
        Arc::new(Self { name, subscribes: Some(subscribes), ..Self::default() })
    }

    /// Returns and clears the calls so far.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.calls))
    }

    /// The calls so far, except `register`.
    pub(crate) fn events(&self) -> Vec<String> {
        let calls = lock(&self.calls);
        calls.iter().filter(|call| !call.starts_with("register")).cloned().collect()
    }

    /// The measurements so far.
    pub(crate) fn measurements(&self) -> Vec<String> {
        lock(&self.measured).clone()
    }

    fn called(&self, action: &str, call: String) -> Result<(), HandlerError> {
        lock(&self.calls).push(call);
        self.does(action)
    }

    fn does(&self, action: &str) -> Result<(), HandlerError> {
        assert!(action != self.panics, "{action} panics");
        if action == self.fails { Err(format!("{action} fails").into()) } else { Ok(()) }
    }
}

impl MetricHandler for Probe {
    fn name(&self) -> &str {
        self.name
    }

    fn install(&self) -> Result<(), HandlerError> {
        self.called("install", "install".to_owned())
    }

    fn register(&self, metric: &'static Descriptor) {
        let _ = self.called("register", format!("register {}", metric.name()));
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        self.subscribes.is_some_and(|begin| metric.name().starts_with(begin))
    }

    fn measured(&self, measurement: &Measurement) {
        let Measurement { metric, labels, value, .. } = measurement;
        lock(&self.measured).push(format!("{} {labels} {value:?}", metric.name()));
        let _ = self.does("measured");
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.called("flush", "flush".to_owned())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.called("shutdown", "shutdown".to_owned())
    }

    fn abandon(&self) -> Result<(), HandlerError> {
        self.called("abandon", "abandon".to_owned())
    }
}

/// The errors that were logged since the last call.
pub(crate) fn errors() -> Vec<String> {
    let lines = typed_metrics_turn::lines().into_iter();
    lines
        .filter(|line| line.level == typed_metrics_turn::Level::Error)
        .map(|line| line.text)
        .collect()
}
