//! Several handlers that are installed as one.

use std::sync::Arc;

use typed_metrics_core::{Descriptor, HandlerError, Measurement, MetricHandler};

/// Handlers that `OTEL_METRICS_EXPORTER` lists.
pub(crate) struct Several(pub(crate) Vec<Arc<dyn MetricHandler>>);

impl Several {
    /// Calls each handler, also after an error of another one.
    fn each(
        &self,
        call: impl Fn(&dyn MetricHandler) -> Result<(), HandlerError>,
    ) -> Result<(), HandlerError> {
        let failed = self.0.iter().filter_map(|handler| call(&**handler).err());
        let failed: Vec<_> = failed.map(|error| error.to_string()).collect();
        if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
    }
}

impl MetricHandler for Several {
    fn name(&self) -> &'static str {
        "otel"
    }

    fn install(&self) -> Result<(), HandlerError> {
        for (i, handler) in self.0.iter().enumerate() {
            if let Err(error) = handler.install() {
                // The error of the installation is the one to return.
                self.0[..i].iter().for_each(|handler| drop(handler.abandon()));
                return Err(error);
            }
        }
        Ok(())
    }

    fn register(&self, metric: &'static Descriptor) {
        self.0.iter().for_each(|handler| handler.register(metric));
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        // Each handler is asked.
        self.0.iter().filter(|handler| handler.subscribe(metric)).count() > 0
    }

    fn measured(&self, measurement: &Measurement) {
        self.0.iter().for_each(|handler| handler.measured(measurement));
    }

    fn survives_fork(&self) -> bool {
        self.0.iter().all(|handler| handler.survives_fork())
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.each(|handler| handler.flush())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.each(|handler| handler.shutdown())
    }

    fn abandon(&self) -> Result<(), HandlerError> {
        self.each(|handler| handler.abandon())
    }
}
