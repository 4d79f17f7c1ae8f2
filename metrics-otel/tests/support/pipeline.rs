//! Pipelines that send to a receiver, and their log.

use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use log::{LevelFilter, Log, Metadata, Record};
use typed_metrics_otel::{OtelHandler, OtlpBuilder, Protocol, Temporality};

use super::receiver::Receiver;

pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The compiled-in protocols.
pub(crate) const PROTOCOLS: &[Protocol] = if cfg!(feature = "grpc") {
    &[Protocol::HttpProtobuf, Protocol::Grpc]
} else {
    &[Protocol::HttpProtobuf]
};

/// A pipeline to `receiver` that collects only at a flush, and whose shutdown does not wait long
/// for a missing receiver.
pub(crate) fn to(receiver: &Receiver, protocol: Protocol) -> OtlpBuilder {
    let endpoint = match protocol {
        Protocol::Grpc => receiver.grpc_endpoint(),
        _ => receiver.http_endpoint(),
    };
    let hour = Duration::from_secs(3600);
    let builder = OtelHandler::otlp().endpoint(endpoint).protocol(protocol).interval(hour);
    builder.shutdown_timeout(Duration::from_secs(1))
}

/// The same with delta temporality.
pub(crate) fn deltas_to(receiver: &Receiver, protocol: Protocol) -> OtlpBuilder {
    to(receiver, protocol).temporality(Temporality::Delta)
}

/// The lines that this project logged since the last call, each with its level.
pub(crate) fn logged() -> Vec<String> {
    listen();
    std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Starts to collect the log.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        log::set_logger(&Listener).unwrap();
        log::set_max_level(LevelFilter::Info);
    });
}

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl Log for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "typed_metrics"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{}: {}", record.level(), record.args());
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn flush(&self) {}
}
