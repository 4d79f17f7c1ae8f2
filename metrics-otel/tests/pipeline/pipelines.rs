//! Pipelines that send to a receiver.

use std::time::Duration;

use typed_metrics_otel::{OtelHandler, OtlpBuilder, Protocol, Temporality};
use typed_metrics_receiver::Receiver;

pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The protocols that are compiled in.
pub(crate) const PROTOCOLS: &[Protocol] = if cfg!(feature = "grpc") {
    &[Protocol::HttpProtobuf, Protocol::Grpc]
} else {
    &[Protocol::HttpProtobuf]
};

/// A pipeline to `receiver` that collects only on request. At its end, the pipeline does not wait
/// long for a receiver that is gone.
pub(crate) fn to(receiver: &Receiver, protocol: Protocol) -> OtlpBuilder {
    let endpoint = match protocol {
        Protocol::Grpc => receiver.grpc_endpoint(),
        _ => receiver.http_endpoint(),
    };
    let hour = Duration::from_secs(3600);
    let builder = OtelHandler::otlp().endpoint(endpoint).protocol(protocol).interval(hour);
    builder.shutdown_timeout(Duration::from_secs(1))
}

/// Like [`to`], with delta temporality.
pub(crate) fn deltas_to(receiver: &Receiver, protocol: Protocol) -> OtlpBuilder {
    to(receiver, protocol).temporality(Temporality::Delta)
}
