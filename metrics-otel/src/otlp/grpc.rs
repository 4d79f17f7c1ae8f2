//! OTLP over gRPC, on a runtime of its own.

use std::error::Error;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use ureq::http::header::USER_AGENT as USER_AGENT_HEADER;

use super::answer::{self, Outcome, without_secrets};
use super::mistakes::OtlpError;
use super::sender::Transport;
use super::settings::Target;
use super::{Compression, Protocol};

/// See the module.
#[derive(Debug)]
pub(super) struct Grpc {
    client: MetricsServiceClient<Channel>,
    metadata: MetadataMap,
    target: Target,
    /// `None` while it is dropped.
    runtime: Option<Runtime>,
}

impl Grpc {
    pub(super) fn new(target: Target) -> Result<Self, OtlpError> {
        // Before there is a runtime, which must not be dropped here if it fails.
        let endpoint = endpoint(&target)?;
        // One worker that is always there: connections stay alive between exports.
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("typed-metrics-grpc")
            // What the client does is no telemetry of the program.
            .on_thread_start(|| std::mem::forget(Context::enter_telemetry_suppressed_scope()))
            .enable_all()
            .build()
            .map_err(|error| OtlpError::new(format!("gRPC has no thread: {error}")))?;
        let runtime = Some(runtime);
        let channel = {
            let _inside = runtime.as_ref().map(Runtime::enter);
            endpoint.connect_lazy()
        };
        let mut client = MetricsServiceClient::new(channel);
        if target.compression == Compression::Gzip {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        let client = client.accept_compressed(CompressionEncoding::Gzip);
        let metadata = MetadataMap::from_headers(target.headers.clone());
        Ok(Self { client, metadata, target, runtime })
    }

    fn outcome(&self, status: &Status) -> Outcome {
        let hint = self.target.endpoint.hint(Protocol::Grpc);
        let said = without_secrets(&said(status), &self.target.headers);
        let reason = format!("{:?}: {said}{hint}", status.code());
        let after = answer::Status::decode(status.details()).ok().and_then(|s| s.retry_delay());
        match status.code() {
            // What OTLP's specification calls retryable.
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss => Outcome::Later { reason, after },
            Code::ResourceExhausted if after.is_some() => Outcome::Later { reason, after },
            // So does the client call a connection that broke, and what is no gRPC: a proxy's error.
            Code::Unknown | Code::Internal
                if status.source().is_some() || is_of_proxy(status.message()) =>
            {
                Outcome::Later { reason, after }
            }
            Code::Unauthenticated | Code::PermissionDenied => Outcome::Refused(format!(
                "{reason} (look at the credentials: {})",
                self.target.credentials()
            )),
            _ => Outcome::Refused(reason),
        }
    }
}

impl Transport for Grpc {
    fn send(&mut self, body: &[u8]) -> Outcome {
        let message = match ExportMetricsServiceRequest::decode(body) {
            Ok(message) => message,
            Err(error) => {
                return Outcome::Refused(format!("the spooled batch is no OTLP: {error}"));
            }
        };
        let mut request = Request::new(message);
        *request.metadata_mut() = self.metadata.clone();
        let timeout = self.target.timeout;
        request.set_timeout(timeout);
        let Some(runtime) = &self.runtime else { return Outcome::later("it has ended") };
        let client = &mut self.client;
        let answer = runtime.block_on(async {
            // The client's own deadline does not cover connecting.
            tokio::time::timeout(timeout + Duration::from_millis(100), client.export(request)).await
        });
        match answer {
            Ok(Ok(response)) => Outcome::taken(response.into_inner()),
            Ok(Err(status)) => self.outcome(&status),
            Err(_) => Outcome::later(format!("no answer within {timeout:?}")),
        }
    }
}

impl Drop for Grpc {
    /// Waiting for a runtime's end is not allowed on threads of another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn endpoint(target: &Target) -> Result<Endpoint, OtlpError> {
    let shown = target.endpoint.shown();
    let unusable = |error: &dyn Error| {
        OtlpError::new(format!("`{shown}` cannot be used for gRPC: {}", innermost(error)))
    };
    let user_agent = target.headers.get(USER_AGENT_HEADER).and_then(|value| value.to_str().ok());
    let endpoint = Endpoint::from_shared(target.endpoint.uri().to_string())
        .and_then(|endpoint| {
            endpoint.user_agent(user_agent.unwrap_or(target.user_agent()).to_owned())
        })
        .map_err(|error| unusable(&error))?
        .connect_timeout(target.timeout);
    #[cfg(feature = "tls")]
    if target.endpoint.is_https() {
        return endpoint.tls_config(tls(&target.tls)).map_err(|error| unusable(&error));
    }
    Ok(endpoint)
}

#[cfg(feature = "tls")]
fn tls(files: &super::tls::Tls) -> tonic::transport::ClientTlsConfig {
    use tonic::transport::{Certificate, ClientTlsConfig, Identity};

    let mut config = ClientTlsConfig::new();
    config = match &files.roots {
        Some(roots) => config.ca_certificate(Certificate::from_pem(roots)),
        None => config.with_webpki_roots(),
    };
    match &files.client {
        Some((chain, key)) => config.identity(Identity::from_pem(chain, key)),
        None => config,
    }
}

/// Whether an HTTP status is told that may be tried again; tonic has it in the text only.
fn is_of_proxy(message: &str) -> bool {
    let status = message.split_once("response with status: ").map(|(_, status)| status);
    status.is_some_and(|status| ["429", "502", "503", "504"].iter().any(|s| status.starts_with(s)))
}

/// What a status says: its message, or what is behind it.
fn said(status: &Status) -> String {
    match status.source() {
        Some(source) => innermost(source),
        None => status.message().to_owned(),
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
